"""Step Functions' integration bedrock:createModelCustomizationJob, with .sync: the state waits for the job's end."""

import json
import time
from typing import Any
from urllib.parse import quote

from ministack import app
from ministack.services import stepfunctions

RESOURCE = "arn:aws:states:::bedrock:createModelCustomizationJob"
POLL_SECONDS = 0.2


def install() -> None:
    """Register the integration beside ministack's own."""
    stepfunctions._SERVICE_DISPATCH[RESOURCE] = create_model_customization_job


def create_model_customization_job(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Create the job; with .sync wait for it and return its description. Runs in the execution's own thread."""
    created = _call("POST", "/model-customization-jobs", _keys(parameters, str.lower))
    if not resource.endswith(".sync"):
        answer: dict[str, Any] = _keys(created, str.upper)
        return answer
    path = f"/model-customization-jobs/{quote(created['jobArn'], safe='')}"
    while True:
        job = _call("GET", path, None)
        if job["status"] == "Completed":
            described: dict[str, Any] = _keys(job, str.upper)
            return described
        if job["status"] in ("Failed", "Stopped"):
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(_keys(job, str.upper)))
        time.sleep(POLL_SECONDS)


def _call(method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    handler = app.SERVICE_HANDLERS["bedrock"]
    content = json.dumps(body).encode() if body is not None else b""
    status, _, answer = app.call_service_handler_sync(handler, method, path, {}, content, {})
    parsed: dict[str, Any] = json.loads(answer or b"{}")
    if status >= 400:
        code = parsed.get("__type", "ServiceException")
        raise stepfunctions._ExecutionError(f"Bedrock.{code}", parsed.get("message", ""))
    return parsed


def _keys(value: Any, change: Any, *, inside: str = "") -> Any:
    """Change the first letter of every member name; the keys of maps (hyperparameters) are the user's and stay."""
    if isinstance(value, list):
        return [_keys(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    if inside.lower() == "hyperparameters":
        return value
    return {change(key[0]) + key[1:]: _keys(item, change, inside=key) for key, item in value.items()}
