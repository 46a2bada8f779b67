"""What the identity-based policies of the caller of a signed request say to an action."""

from typing import Any, NamedTuple

from ministack.core import iam_evaluator


class Decided(NamedTuple):
    """`principal`, `context` and `result` are ministack's."""

    principal: Any
    context: Any
    result: Any


def decided(credential: Any, action: str, resource_arn: str) -> Decided:
    principal = iam_evaluator.resolve_principal(credential.access_key_id, credential.account_id, credential)
    context = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource_arn,
        region=resource_arn.split(":")[3],
        service_context={},
        principal_keys=principal.keys,
    )
    if principal.policies is None:
        return Decided(principal, context, iam_evaluator.EvalResult("Allow", principal.arn, "", "the root user"))
    return Decided(principal, context, iam_evaluator.evaluate(context, principal.policies, *principal.limits))
