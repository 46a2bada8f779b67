"""Failures of InvokeHarness and of tools -> what the caller reads. errors.py has the others.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeHarness.html#API_InvokeHarness_Errors
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from inference_api.errors import ApiError, api_error, service_code
from kit_contract.aws_errors import message_of

_ARN = r"arn:aws[\w-]*:\S+"
_MAX_REASON = 400
# Clients repeat what has failed by themselves, and the agent's tools may have run.
NOT_AGAIN: Mapping[str, str] = {"x-should-retry": "false"}
TOO_LATE = "the agent did not answer in time; set stream to true, or lower its timeout_seconds"
_DENIED = (
    "AgentCore denies the API access to this agent, or the agent to its model or tools; look at the agent's log and "
    "deploy again"
)
_ROWS: Mapping[str, tuple[int, str, str]] = {
    "AccessDeniedException": (403, "agent_access_denied", _DENIED),
    "ResourceNotFoundException": (
        404,
        "agent_not_available",
        "the agent's harness or endpoint no longer exists; kit deploy makes a new one",
    ),
    "RuntimeClientError": (502, "agent_failed", "the agent failed on this request"),
    "ValidationException": (400, "invalid_request", "AgentCore rejected the request"),
}
_WITH_REASON = ("RuntimeClientError", "ValidationException")
_THROTTLED = ("ThrottlingException", "ServiceQuotaExceededException")


def agent_error(error: Exception, *, begun: bool) -> ApiError:
    """`begun`: the agent, or a tool for it, may have done something."""
    code = service_code(error) or ""
    found = _ROWS.get(code)
    if isinstance(error, ApiError) or found is None:
        known = api_error(error)
        status, name, message, headers = known.status, known.code, known.message, known.headers
    else:
        status, name, message = found
        message = f"{message}: {_reason(error)}" if code in _WITH_REASON else message
        headers = {}
    if code in _THROTTLED:
        message = "AgentCore throttles agents in this account and region; send the request again later"
    elif status == 504:
        message = TOO_LATE
    param = error.param if isinstance(error, ApiError) else None
    again = code in _THROTTLED and not begun
    return ApiError(status, name, message, param=param, headers=headers if again else {**_kept(headers), **NOT_AGAIN})


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if not name.lower().startswith("retry-after")}


def _reason(error: Exception) -> str:
    return re.sub(_ARN, "[resource]", message_of(error))[:_MAX_REASON] or "no reason given"
