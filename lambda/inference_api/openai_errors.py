"""Error bodies in the dialect of OpenAI: https://platform.openai.com/docs/guides/error-codes."""

from __future__ import annotations

from typing import Any

from inference_api.errors import ApiError
from inference_api.http_messages import Answer, json_answer

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error", 504: "timeout_error"}


def error_body(error: ApiError) -> dict[str, Any]:
    other = "server_error" if error.status >= 500 else "invalid_request_error"
    kind = _TYPES.get(error.status, other)
    return {"error": {"message": error.message, "type": kind, "param": error.param, "code": error.code}}


def error_answer(error: ApiError) -> Answer:
    return json_answer(error.status, error_body(error), error.headers)
