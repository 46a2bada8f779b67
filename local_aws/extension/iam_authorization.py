"""API Gateway's AWS_IAM authorization: the caller's policies and the resource policy of the API.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
ministack lets every signed request pass, and reads resource policies in its mode AUTH only, which checks every service.
"""

from contextvars import ContextVar
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.arn import execute_api_arn
from ministack.services import apigateway_v1, iam
from ministack.services.cloudformation import provisioners

from local_aws.extension.caller_policies import decided
from local_aws.extension.request_signatures import Refused, authenticated, keep_requests

ACTION = "execute-api:Invoke"
_caller: ContextVar[Any] = ContextVar("caller", default=None)


def install() -> None:
    """Keep each request as it arrived; check what ministack's authorization would let pass."""
    keep_requests()
    _find_apis_of_all_accounts()
    _name_roles()
    _name_callers()
    _keep_policies()
    authorize = apigateway_v1._authorize_request_v1

    async def authorize_request(*arguments: Any) -> Any:
        api, stage, declared, method, path, _, _, body, query, _, _, account, region = arguments
        arn = execute_api_arn(region, account, api, stage, method, path)
        kind = (declared.get("authorizationType") or "NONE").upper()
        try:
            if kind == "AWS_IAM":
                _check_caller(arn, authenticated(method, query or {}, body or b"", region))
                return None, None
            if kind == "NONE":
                _check_anyone(arn)
        except Refused as refused:
            return refused.error, None
        return await authorize(*arguments)

    apigateway_v1._authorize_request_v1 = authorize_request


def _check_caller(arn: str, credential: Any) -> None:
    """Raises Refused unless the policies of the caller and of the API allow the call."""
    principal, context, identity = decided(credential, ACTION, arn)
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


def _keep_policies() -> None:
    """A template without the resource policy leaves it in place: https://github.com/aws/aws-cdk/issues/21840."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    update = handler["update"]

    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        kept = {"Policy": old["Policy"]} if "Policy" in old else {}
        return update(physical_id, old, {**kept, **new}, *arguments, **named)

    handler["update"] = updated
