"""Calls the function that starts and cancels runs: what a deploy and an upload use as well."""

import json
from collections.abc import Mapping
from typing import Any

from fine_tuning_api.service import Service
from inference_api.errors import ApiError
from kit_contract.run_events import CancelRequest, StartRequest

REFUSED = ("StartError", "InputError")
NO_REPEAT = {"x-should-retry": "false"}  # OpenAI's clients repeat a 409


def call(service: Service, request: StartRequest | CancelRequest) -> Mapping[str, Any]:
    """Raises ApiError 409 where the starter refuses, 503 where it fails."""
    answer = service.functions.invoke(
        FunctionName=service.starter, InvocationType="RequestResponse", Payload=json.dumps(request).encode()
    )
    value: Any = json.loads(answer["Payload"].read() or b"{}")
    if not answer.get("FunctionError"):
        return dict(value)
    if isinstance(value, dict) and value.get("errorType") in REFUSED:
        raise refused(str(value.get("errorMessage")))
    raise ApiError(503, "service_unavailable", "the run can't be started now; send the request again")


def refused(reason: str) -> ApiError:
    return ApiError(409, "run_refused", reason, headers=NO_REPEAT)
