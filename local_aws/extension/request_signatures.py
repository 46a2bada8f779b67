"""Signatures of requests to API Gateway's methods with AWS_IAM authorization, and to gateways of AgentCore.

https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden (types and messages of the errors)
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import quote

from ministack import app
from ministack.core import iam_evaluator, sigv4
from ministack.services import apigateway_v1

SERVICE = "execute-api"
ALGORITHM = "AWS4-HMAC-SHA256"
# https://github.com/aws/aws-sdk-js-v3/issues/1831 and https://github.com/aws/aws-sdk-js/issues/792
WRONG_SERVICE = "Credential should be scoped to correct service: '{}'. "
WRONG_REGION = "Credential should be scoped to a valid region, not '{}'. "


class Refused(Exception):
    """`error`: the gateway error that answers the request."""

    def __init__(self, error: Any) -> None:
        super().__init__(error.message)
        self.error = error


class _Sent(NamedTuple):
    """A request as it arrived. `headers`: by lower-case name; several of one name as SigV4 joins them."""

    path: str
    headers: dict[str, str]


_sent: ContextVar[_Sent] = ContextVar("sent")


def keep_requests() -> None:
    """For `authenticated`: a signature is of the path and headers as they were sent."""
    behind = app.app

    async def kept(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
        if scope["type"] == "http":
            path = scope.get("raw_path") or quote(scope["path"]).encode()
            headers: dict[str, str] = {}
            for name, value in scope["headers"]:
                key, text = name.decode("latin-1").lower(), sigv4.decode_header_value(value)
                headers[key] = f"{headers[key]},{text}" if key in headers else text
            _sent.set(_Sent(path.decode("latin-1"), headers))
        await behind(scope, receive, send)

    app.app = kept


def authenticated(method: str, query: dict[str, Any], body: bytes, region: str, *, service: str = SERVICE) -> Any:
    """The credential that signed the request which is being answered. Raises Refused."""
    sent = _sent.get()
    header = sent.headers.get("authorization", "")
    presigned = not header and iam_evaluator._query_signed(query)
    if not header and not presigned:
        raise Refused(apigateway_v1._gw_error("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token"))
    if header and not header.startswith(ALGORITHM):
        unsupported = ("IncompleteSignature", f"Unsupported AWS 'algorithm': '{header.split(' ')[0]}'. ")
        raise _unauthenticated(*(sigv4.foreign_authorization_failure(sent.headers) or unsupported))
    parse = sigv4.parse_query_signature if presigned else sigv4.parse_header_signature
    signature = parse(query if presigned else sent.headers)
    if isinstance(signature, tuple):
        raise _unauthenticated(*signature)
    scope = WRONG_REGION.format(signature.region) if signature.region != region else ""
    scope += WRONG_SERVICE.format(service) if signature.service != service else ""
    failure = ("SignatureDoesNotMatch", scope) if scope else sigv4.request_time_failure(signature)
    if failure:
        raise _unauthenticated(*failure)
    credential = _credential(signature.access_key_id, _token(sent, query, presigned=presigned))
    declared = sent.headers.get("x-amz-content-sha256")
    if declared and declared != hashlib.sha256(body).hexdigest():
        raise _unauthenticated("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH)
    failure = sigv4.header_signature_failure(
        signature, credential.secret_access_key, method, sent.path, query, sent.headers, body, presigned=presigned
    )
    if failure:
        raise _unauthenticated(*failure)
    return credential


def _token(sent: _Sent, query: dict[str, Any], *, presigned: bool) -> str:
    return str(
        (query.get("X-Amz-Security-Token") or [""])[0] if presigned else sent.headers.get("x-amz-security-token", "")
    )


def _credential(key: str, token: str) -> Any:
    account = iam_evaluator.find_iam_access_key_account(key) or _session_account(key)
    found = iam_evaluator.resolve_credential(key, account, token) if key else iam_evaluator._unknown_access_key()
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        raise _unauthenticated(found.code, found.message)
    return found


def _session_account(key: str) -> str | None:
    from ministack.services import sts

    if iam_evaluator._ACCOUNT_ID_RE.fullmatch(key):
        return key  # ministack's keys of an account's root
    session = sts._sessions.get(key) or {}
    account: str | None = session.get("AccountId") or iam_evaluator._account_from_arn(str(session.get("Arn", "")))
    return account


def _unauthenticated(code: str, message: str) -> Refused:
    unknown = ("DEFAULT_4XX", "UnrecognizedClientException")
    kind, name = apigateway_v1._AUTHENTICATION_GATEWAY_ERRORS.get(code, unknown)
    return Refused(apigateway_v1._GatewayError(kind, message, name))
