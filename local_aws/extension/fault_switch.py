"""Switches the faults of bedrock/faults.py.

KIT_FAULTS has the names for the start, with commas: `KIT_FAULTS=unverified-account make up`. PUT /_kit/faults with a
JSON list of names replaces them while the embedded AWS runs; GET shows them.
"""

import json
import os
from typing import Any

from ministack import app
from ministack.services import s3

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.responses import Response, answer

PATH = "/_kit/faults"


def install() -> None:
    """Switch on the faults of the environment, and answer PATH. Raises ValueError for an unknown name."""
    faults.switch(name for name in os.environ.get("KIT_FAULTS", "").split(",") if name)
    behind = app._handle_admin_config_request

    async def handle(path: str, method: str, body: bytes) -> Response | None:
        if path != PATH:
            passed: Response | None = await behind(path, method, body)
            return passed
        try:
            if method == "PUT":
                faults.switch(json.loads(body))
        except (ValueError, TypeError) as error:
            return answer({"message": str(error)}, 400)
        return answer({"faults": faults.switched_on()})

    app._handle_admin_config_request = handle
    _deny_objects()


def _deny_objects() -> None:
    behind = app.SERVICE_HANDLERS["s3"]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        if faults.is_on(faults.DENIED_OBJECTS) and method in ("GET", "HEAD") and path.strip("/").count("/"):
            denied: Response = s3._error("AccessDenied", "Access Denied", 403)
            return denied
        response: Response = await behind(method, path, headers, body, query)
        return response

    app.SERVICE_HANDLERS["s3"] = handle
