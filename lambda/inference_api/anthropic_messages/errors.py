"""Error bodies in the dialect of Anthropic: https://platform.claude.com/docs/en/api/errors."""

from __future__ import annotations

from typing import Any

from inference_api.errors import ApiError
from inference_api.http_messages import Answer, Request, json_answer

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}


def error_body(error: ApiError, request_id: str) -> dict[str, Any]:
    """`param` and `code` are this API's: Anthropic's errors have the message only."""
    other = "api_error" if error.status >= 500 else "invalid_request_error"
    kind = _TYPES.get(error.status, other)
    detail = {"type": kind, "message": error.message, "param": error.param, "code": error.code}
    return {"type": "error", "error": detail, "request_id": request_id or None}


def error_answer(error: ApiError, request: Request) -> Answer:
    return json_answer(error.status, error_body(error, request.id), error.headers | headers_of(request))


def headers_of(request: Request) -> dict[str, str]:
    """What Anthropic's clients show as `_request_id`."""
    return {"request-id": request.id} if request.id else {}
