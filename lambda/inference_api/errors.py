"""Maps failures to HTTP statuses, codes and messages. Each dialect has its own error body around them.

Internal details do not reach the caller.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from inference_api.failures import ApiError, failure_name, service_code
from kit_contract.aws_errors import message_of, says_denied, status_of

__all__ = ["ROWS", "ApiError", "api_error", "failure_name", "not_completed", "service_code"]

RETRY_AFTER_SECONDS = "1"
_ARN = r"arn:aws[\w-]*:\S+"
# Bedrock also reports a missing model as ValidationException. A model's own complaints have that code too
# ("... 0.content: tool not found"), so only these messages count.
_NO_SUCH_MODEL = (
    r"^(the )?provided model identifier is invalid|^could not resolve the (foundation )?model"
    r"|^(the )?((provisioned|custom|foundation) )?model( throughput| deployment)?( \S+)? (was not found|not found|"
    r"does not exist)"
)
# "The guardrail identifier or version provided in the request does not exist", "The provided guardrail identifier is
# invalid." (https://github.com/openclaw/openclaw/pull/58588), and the wording of ResourceNotFoundException.
_NO_SUCH_GUARDRAIL = r"guardrail\b.*\b(not exist|not found|is invalid)"
# https://github.com/aws-samples/amazon-bedrock-workshop/issues/386
_LEGACY_ENDED = "marked by provider as Legacy"
# Claude since 4.1: https://github.com/aws-samples/bedrock-access-gateway/issues/191
_ONE_OF_TWO = r"temperature\W+and\W+top_p\W+cannot both"
# Aurora at 0 ACU, as ValidationException: https://github.com/aws-samples/bedrock-chat/issues/848 and pull request 858
_RESUMING_DATABASE = "resuming after being auto-paused"
_MAX_REASON_LENGTH = 400
_MALFORMED = ("malformed_model_output", "malformed_tool_use")


class _Row(NamedTuple):
    status: int
    code: str
    message: str
    headers: Mapping[str, str] = MappingProxyType({})


_RETRY = {"Retry-After": RETRY_AFTER_SECONDS}
_THROTTLED = _Row(
    429,
    "rate_limit_exceeded",
    "Bedrock throttles this model in this account and region; send the request again later or raise the quota",
    _RETRY,
)
_NOT_READY = _Row(429, "model_not_ready", "the model is loading; send the request again later", _RETRY)
_DENIED = _Row(
    403,
    "model_access_denied",
    "Bedrock denies access to the model or knowledge base; check the account's model access and deploy again. If the "
    "account is new, AWS may have to verify it first: open a case with AWS Support",
)
_GONE = _Row(
    404,
    "model_not_available",
    "the model behind this request no longer exists; deploy again or promote another training run",
)
_LEGACY = _Row(
    404,
    "model_not_available",
    "the model is Legacy, and AWS has ended this account's access because it was not called for 15 days; put an active "
    "model behind the alias and deploy again",
)
_NO_KNOWLEDGE_BASE = _Row(
    404,
    "knowledge_base_not_available",
    "the knowledge base no longer exists; kit deploy makes a new one",
)
_NO_GUARDRAIL = _Row(
    404,
    "guardrail_not_available",
    "the guardrail of this alias or knowledge base, or the version that is served, no longer exists; kit deploy "
    "makes a new one",
)
_RESUMING = _Row(
    503,
    "service_unavailable",
    "the knowledge base's database was paused and is back in about 15 seconds; send the request again then",
    {"Retry-After": "15"},
)
_TIMEOUT = _Row(
    504,
    "timeout",
    "Bedrock did not answer in time; set stream to true or request fewer tokens. AWS may bill the tokens all the same",
    {"x-should-retry": "false"},  # OpenAI's and Anthropic's clients repeat a timeout, and AWS bills each
)
_UNAVAILABLE = _Row(503, "service_unavailable", "Bedrock is unavailable; send the request again", _RETRY)
_FAILED = _Row(502, "model_error", "the model failed on this request; send it again or change it")
_INTERNAL = _Row(500, "internal_error", "the API failed on this request; find the request id in its log")
_INVALID = _Row(400, "invalid_request", "Bedrock rejected the request")

_TABLE: Mapping[str, _Row] = {
    "AccessDeniedException": _DENIED,
    "ExpiredTokenException": _INTERNAL,  # this and the next: the credentials of the function, not access to a model
    "UnrecognizedClientException": _INTERNAL,
    "ResourceNotFoundException": _GONE,
    "ValidationException": _INVALID,
    "ServiceQuotaExceededException": _THROTTLED,
    "ThrottlingException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "ModelNotReadyException": _NOT_READY,
    "ConflictException": _UNAVAILABLE,
    "ModelTimeoutException": _TIMEOUT,
    "ReadTimeoutError": _TIMEOUT,
    "ModelErrorException": _FAILED,
    "ModelStreamErrorException": _FAILED,
    "DependencyFailedException": _FAILED,
    "BadGatewayException": _UNAVAILABLE,
    "InternalServerException": _UNAVAILABLE,
    "ServiceUnavailableException": _UNAVAILABLE,
    "ConnectionError": _UNAVAILABLE,
    "RecursionError": _Row(400, "invalid_json", "the body is nested too deeply; flatten it"),
}
ROWS = (*_TABLE.values(), _LEGACY, _NO_KNOWLEDGE_BASE)


def api_error(error: Exception) -> ApiError:
    """The error response for any exception."""
    if isinstance(error, ApiError):
        return error
    row = _row(error)
    message = f"{row.message}: {_reason(error)}" if row is _INVALID else row.message
    param = "top_p" if row is _INVALID and re.search(_ONE_OF_TWO, message) else None
    return ApiError(row.status, row.code, message, param=param, headers=_jittered(row.headers))


def _jittered(headers: Mapping[str, str]) -> Mapping[str, str]:
    """OpenAI's and Anthropic's clients take `retry-after-ms` first: callers come back one after the other."""
    if headers is not _RETRY:
        return headers
    return {**headers, "retry-after-ms": str(1000 + 2000 * os.urandom(1)[0] // 255)}


def not_completed(reason: str) -> ApiError:
    """For a stop reason of Converse that says that the model did not complete its answer, or that is not known."""
    what = "returned malformed output" if reason in _MALFORMED else "stopped for a reason this API does not know"
    return ApiError(502, "model_error", f"the model {what} ({reason}); send the request again or change it")


def _row(error: Exception) -> _Row:
    names = [service_code(error) or "", *(parent.__name__ for parent in type(error).__mro__)]
    row = next((_TABLE[name] for name in names if name in _TABLE), None) or _row_of_status(status_of(error))
    if says_denied(error):
        return _DENIED
    if row is _INVALID and _RESUMING_DATABASE in message_of(error):
        return _RESUMING
    if row in (_GONE, _INVALID) and _says(error, _NO_SUCH_GUARDRAIL):
        return _NO_GUARDRAIL
    if row is _GONE and "knowledge base" in message_of(error).lower():
        return _NO_KNOWLEDGE_BASE
    if row is _GONE and _LEGACY_ENDED in message_of(error):
        return _LEGACY
    return _GONE if row is _INVALID and _says(error, _NO_SUCH_MODEL) else row


def _row_of_status(status: int) -> _Row:
    """For an error code that AWS has added since: its HTTP status says whose fault it is."""
    if status >= 500:
        return _UNAVAILABLE
    known = {401: _DENIED, 403: _DENIED, 404: _GONE, 408: _TIMEOUT, 424: _FAILED, 429: _THROTTLED}
    return known.get(status) or (_INVALID if status >= 400 else _INTERNAL)


def _says(error: Exception, pattern: str) -> bool:
    return re.search(pattern, message_of(error), re.IGNORECASE) is not None


def _reason(error: Exception) -> str:
    """Bedrock's message without ARNs: it tells the caller what to change (too many tokens, a wrong role)."""
    return re.sub(_ARN, "[resource]", message_of(error))[:_MAX_REASON_LENGTH] or "no reason given"
