"""API Gateway's AWS_IAM authorization: the signature, the caller's policies, and the resource policy of the API.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden (types and messages of the errors)
ministack lets every signed request pass, and reads resource policies in its mode AUTH only, which checks every service.
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import quote

from ministack import app
from ministack.core import iam_evaluator, sigv4
from ministack.core.arn import execute_api_arn
from ministack.services import apigateway_v1, iam

SERVICE, ACTION = "execute-api", "execute-api:Invoke"
ALGORITHM = "AWS4-HMAC-SHA256"
# https://github.com/aws/aws-sdk-js-v3/issues/1831 and https://github.com/aws/aws-sdk-js/issues/792
WRONG_SERVICE = f"Credential should be scoped to correct service: '{SERVICE}'. "
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
_caller: ContextVar[Any] = ContextVar("caller", default=None)


def install() -> None:
    """Keep each request as it arrived; check what ministack's authorization would let pass."""
    _keep_requests()
    _find_apis_of_all_accounts()
    _name_roles()
    _name_callers()
    authorize = apigateway_v1._authorize_request_v1

    async def authorize_request(*arguments: Any) -> Any:
        api, stage, declared, method, path, _, _, body, query, _, _, account, region = arguments
        arn = execute_api_arn(region, account, api, stage, method, path)
        kind = (declared.get("authorizationType") or "NONE").upper()
        try:
            if kind == "AWS_IAM":
                _check_caller(arn, authenticated(_sent.get(), method, query or {}, body or b"", region))
                return None, None
            if kind == "NONE":
                _check_anyone(arn)
        except Refused as refused:
            return refused.error, None
        return await authorize(*arguments)

    apigateway_v1._authorize_request_v1 = authorize_request


def authenticated(sent: _Sent, method: str, query: dict[str, Any], body: bytes, region: str) -> Any:
    """The credential that signed the request. Raises Refused."""
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
    scope += WRONG_SERVICE if signature.service != SERVICE else ""
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


def _check_caller(arn: str, credential: Any) -> None:
    """Raises Refused unless the policies of the caller and of the API allow the call."""
    principal = iam_evaluator.resolve_principal(credential.access_key_id, credential.account_id, credential)
    context = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=ACTION,
        resource_arn=arn,
        region=arn.split(":")[3],
        service_context={},
        principal_keys=principal.keys,
    )
    if principal.policies is None:
        identity = iam_evaluator.EvalResult("Allow", principal.arn, "", "the root user")
    else:
        identity = iam_evaluator.evaluate(context, principal.policies, *principal.limits)
    policy, owner = apigateway_v1.rest_api_policy_for_arn(arn)
    result = iam_evaluator.combine_resource_policy(identity, context, policy, owner, limits=principal.limits)
    if result.decision != "Allow":
        based = "identity" if identity.decision != "Allow" else "resource"
        raise _denied(principal.arn, arn, result.decision, based)
    _caller.set(credential)


def _check_anyone(arn: str) -> None:
    """Of a method without authorization. Raises Refused if there is a resource policy that does not allow the call."""
    policy, _ = apigateway_v1.rest_api_policy_for_arn(arn)
    context = iam_evaluator.EvalContext("*", "Anonymous", "", ACTION, arn, arn.split(":")[3])
    decision = iam_evaluator.evaluate_resource_policy(policy, context).decision if policy else "Allow"
    if decision != "Allow":
        raise _denied("anonymous", arn, decision, "resource")


def _denied(who: str, arn: str, decision: str, based: str) -> Refused:
    why = f"because no {based}-based policy allows the {ACTION} action"
    if decision == "Deny":
        why = f"with an explicit deny in {'an identity' if based == 'identity' else 'a resource'}-based policy"
    account = arn.split(":")[4]
    shown = arn.replace(f":{account}:", f":********{account[-4:]}:", 1)
    message = f"User: {who} is not authorized to perform: {ACTION} on resource: {shown} {why}"
    return Refused(apigateway_v1._gw_error("ACCESS_DENIED", message))


def _keep_requests() -> None:
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


def _find_apis_of_all_accounts() -> None:
    """The ids of APIs are unique; ministack looks among those of the caller's account."""

    def find_api_scope(api_id: str) -> tuple[str, str] | None:
        for (account, region, stored), _ in apigateway_v1._rest_apis.all_items():
            if stored == api_id:
                return account, region
        return None

    apigateway_v1.find_api_scope = find_api_scope


def _name_roles() -> None:
    """aws:PrincipalArn of an assumed role is the ARN of the role, not that of its session."""
    resolve = iam_evaluator._resolve_condition_key

    def resolved(key: str, context: Any) -> Any:
        value = resolve(key, context)
        if key.lower() == "aws:principalarn" and ":assumed-role/" in str(value):
            name = iam_evaluator._role_name_from_assumed_arn(value)
            role = iam._roles.get_scoped(context.principal_account, None, name) or {}
            return role.get("Arn", value)
        return value

    iam_evaluator._resolve_condition_key = resolved


def _name_callers() -> None:
    identity = apigateway_v1._iam_caller_identity

    def caller_identity(*arguments: Any) -> Any:
        found, caller = identity(*arguments) or {}, _caller.get()
        who = {"userArn": caller.principal_arn, "accountId": caller.account_id} if caller else {}
        return {**found, **who} or None

    apigateway_v1._iam_caller_identity = caller_identity
