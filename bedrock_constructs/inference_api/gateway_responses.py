"""Error responses of API Gateway itself (no key, throttled, too large): one body that all dialects' clients read.

They can't depend on the path. `error` has OpenAI's fields, with Anthropic's types where they differ, because OpenAI's
clients go by status and `code`. `type` and `request_id` beside it are Anthropic's, `message` and `__type` are for AWS
SDKs. API Gateway adds x-amzn-ErrorType, from which boto3 takes the name first.
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
https://platform.claude.com/docs/en/api/errors
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_apigateway as apigateway

from kit_contract.inference_api_names import RETRY_AFTER_MS_CONTEXT


@dataclass(frozen=True)
class _Error:
    status: int
    kind: str
    code: str
    message: str
    retry_after_seconds: int | None = None
    repeat: bool = True  # false where a repetition cannot help, or is billed again


_NO_KEY = "send the key in x-api-key or as Authorization: Bearer KEY; find it in the deployment's secret"
_DENIED = _Error(403, "permission_error", "access_denied", "this key cannot call this API; check its usage plan")
_NO_PATH = _Error(
    404, "not_found_error", "not_found", "there is no such path or method; the API is below /v1 and /model"
)
_BROKEN = _Error(500, "api_error", "internal_error", "the API failed on this request; send it again")
# What API Gateway says of a signature or a policy, which it quotes itself.
_AWS_SAYS = "$context.error.messageString"
_LATE = "no answer within 15 minutes; request fewer tokens (max_tokens)"

_ERRORS = {
    "UNAUTHORIZED": _Error(
        401, "authentication_error", "invalid_api_key", f"the API key is missing or wrong; {_NO_KEY}"
    ),
    "ACCESS_DENIED": _DENIED,
    "INVALID_API_KEY": _DENIED,
    "WAF_FILTERED": _Error(403, "permission_error", "access_denied", "the web ACL of this API blocks the request"),
    "MISSING_AUTHENTICATION_TOKEN": _NO_PATH,
    "RESOURCE_NOT_FOUND": _NO_PATH,
    "THROTTLED": _Error(
        429,
        "rate_limit_error",
        "rate_limit_exceeded",
        "too many requests for this key or this API; send the request again later",
    ),
    "QUOTA_EXCEEDED": _Error(
        429,
        "rate_limit_error",
        "insufficient_quota",
        "this key has used its requests of the month; raise requests_per_month in deployment.toml and deploy",
        3600,
        repeat=False,
    ),
    "REQUEST_TOO_LARGE": _Error(
        413,
        "request_too_large",
        "request_too_large",
        "the request must be at most 6 MB; send fewer or smaller messages, images and files",
    ),
    "INTEGRATION_TIMEOUT": _Error(504, "timeout_error", "timeout", _LATE, repeat=False),
    "INTEGRATION_FAILURE": _Error(502, "api_error", "internal_error", _BROKEN.message),
    "AUTHORIZER_FAILURE": _Error(
        503, "overloaded_error", "service_unavailable", "the keys cannot be read now; send the request again", 1
    ),
    "DEFAULT_4XX": _Error(400, "invalid_request_error", "invalid_request", "API Gateway rejected the request"),
    "DEFAULT_5XX": _BROKEN,
}

# Of an API that takes signed requests, too. A path without a method and a request without a signature are one type.
_SIGNED = {
    "ACCESS_DENIED": _Error(403, "permission_error", "access_denied", _AWS_SAYS),
    "INVALID_SIGNATURE": _Error(403, "authentication_error", "invalid_signature", _AWS_SAYS),
    "EXPIRED_TOKEN": _Error(403, "authentication_error", "expired_token", _AWS_SAYS),
    "MISSING_AUTHENTICATION_TOKEN": _Error(
        404,
        "not_found_error",
        "not_found",
        "there is no such path or method, or the request has no signature; the API is below /v1 and /model, and below "
        "/iam/model for requests that are signed with AWS credentials for execute-api",
    ),
    "DEFAULT_4XX": _Error(400, "invalid_request_error", "invalid_request", _AWS_SAYS),
}

_EXCEPTIONS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    413: "ValidationException",
    429: "ThrottlingException",
    500: "InternalServerException",
    502: "InternalServerException",
    503: "ServiceUnavailableException",
    504: "ModelTimeoutException",
}


def add_gateway_responses(
    rest_api: apigateway.RestApi, *, headers: Mapping[str, str], retry_after_seconds: int, signed: bool
) -> None:
    """The construct id of a response is the name of its type. DEFAULT_4XX and DEFAULT_5XX keep the original status.

    `headers`: mapping expressions for all of them. `retry_after_seconds`: over the rate. `signed`: the API takes
    requests that are signed with AWS credentials.
    """
    for name, error in {**_ERRORS, **(_SIGNED if signed else {})}.items():
        body = {"message": error.message, "type": error.kind, "param": None, "code": error.code}
        after = retry_after_seconds if name == "THROTTLED" else error.retry_after_seconds
        own = {"Retry-After": f"'{after}'"} if after else {}
        own |= {} if error.repeat else {"x-should-retry": "'false'"}  # OpenAI's and Anthropic's clients obey it
        if name == "THROTTLED":
            # The authorizer has no say over all requests together: then the header is empty, and Retry-After counts.
            own["retry-after-ms"] = f"context.authorizer.{RETRY_AFTER_MS_CONTEXT}"
        rest_api.add_gateway_response(
            name,
            type=apigateway.ResponseType.of(name),
            status_code=None if name.startswith("DEFAULT_") else str(error.status),
            response_headers={**own, **headers} or None,
            templates={"application/json": _template({"type": "error", "error": body, **_beside(error)})},
        )


def _template(body: Mapping[str, Any]) -> str:
    return json.dumps(body).replace(json.dumps(_AWS_SAYS), _AWS_SAYS)


def _beside(error: _Error) -> dict[str, str]:
    """API Gateway puts in the id of the request. The rest is where AWS SDKs find message and name of an error."""
    return {"request_id": "$context.requestId", "message": error.message, "__type": _EXCEPTIONS[error.status]}
