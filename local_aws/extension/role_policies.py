"""IAM's quotas for the policies of a role, and its role names, which are unique in an account across regions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: "IAM doesn't count white space when
calculating the size of a policy against these quotas". The message for a role is that of
https://github.com/aws/aws-cdk/issues/12403. ministack has none of the quotas, and its CloudFormation overwrites a role.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import iam
from ministack.services.cloudformation import provisioners

INLINE_CHARACTERS = 10_240  # all inline policies of a role together
TRUST_CHARACTERS = 2_048
MANAGED_CHARACTERS = 6_144
MANAGED_PER_ROLE = 10
# EntityAlreadyExists as CloudFormation's handlers report it; the words are those of
# https://github.com/terraform-aws-modules/terraform-aws-ecs/issues/363.
TAKEN = (
    'Resource handler returned message: "Role with name {} already exists. (Service: Iam, Status Code: 409)" '
    "(HandlerErrorCode: AlreadyExists)"
)
Properties = dict[str, Any]
Created = tuple[str, Properties]
Response = tuple[int, dict[str, str], bytes]


class QuotaError(ValueError):
    """When a role or a policy would cross a quota: IAM's LimitExceeded."""


def install() -> None:
    """Check the calls of IAM's API and the role of CloudFormation, which ministack writes without calling IAM."""
    _limit("PutRolePolicy", "_put_role_policy", _check_put)
    _limit("CreateRole", "_create_role", lambda given: _check_trust(given.get("AssumeRolePolicyDocument")))
    _limit("UpdateAssumeRolePolicy", "_update_assume_role_policy", lambda given: _check_trust(given["PolicyDocument"]))
    _limit("CreatePolicy", "_create_policy", lambda given: _check_managed(given.get("PolicyDocument")))
    _limit("CreatePolicyVersion", "_create_policy_version", lambda given: _check_managed(given.get("PolicyDocument")))
    _limit("AttachRolePolicy", "_attach_role_policy", _check_attach)
    _check_template_roles()


def _limit(operation: str, function: str, check: Callable[[Properties], None]) -> None:
    behind = getattr(iam, function)

    def limited(parameters: Properties) -> Response:
        try:
            check({name: _first(value) for name, value in parameters.items()})
        except QuotaError as error:
            refused: Response = iam._error(409, "LimitExceeded", str(error), ns="iam")
            return refused
        response: Response = behind(parameters)
        return response

    setattr(iam, function, limited)
    iam._IAM_HANDLERS[operation] = limited


def _check_put(given: Properties) -> None:
    role = iam._roles.get(given.get("RoleName")) or {}
    policies = {**role.get("InlinePolicies", {}), given.get("PolicyName", ""): given.get("PolicyDocument")}
    _check_inline(str(given.get("RoleName")), policies)


def _check_inline(role: str, policies: Properties) -> None:
    if sum(_characters(document) for document in policies.values()) > INLINE_CHARACTERS:
        raise QuotaError(f"Maximum policy size of {INLINE_CHARACTERS} bytes exceeded for role {role}")


def _check_trust(document: Any) -> None:
    if _characters(document) > TRUST_CHARACTERS:
        raise QuotaError(f"Cannot exceed quota for ACLSizePerRole: {TRUST_CHARACTERS}")


def _check_managed(document: Any) -> None:
    if _characters(document) > MANAGED_CHARACTERS:
        raise QuotaError(f"Cannot exceed quota for PolicySize: {MANAGED_CHARACTERS}")


def _check_attach(given: Properties) -> None:
    attached = (iam._roles.get(given.get("RoleName")) or {}).get("AttachedPolicies", [])
    _check_attached({*attached, given.get("PolicyArn")})


def _check_attached(arns: set[Any]) -> None:
    if len(arns) > MANAGED_PER_ROLE:
        raise QuotaError(f"Cannot exceed quota for PoliciesPerRole: {MANAGED_PER_ROLE}")


def _check_template_roles() -> None:
    """CloudFormation's own role: refused where its name is taken, in whichever region; a generated name is random."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    create, update = handler["create"], handler["update"]

    def created(logical_id: str, properties: Properties, stack_name: str) -> Created:
        name = properties.get("RoleName")
        if name in iam._roles:
            raise ValueError(TAKEN.format(name))
        _check_role(name or logical_id, properties, {})
        if name is None:  # ministack's generated names are equal in every region
            result: Created = provisioners._seeded_create(create, logical_id, properties, stack_name)
        else:
            result = create(logical_id, properties, stack_name)
        return result

    def updated(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Created:
        others = {p.get("PolicyName", "") for p in old.get("Policies", [])}
        inline = (iam._roles.get(physical_id) or {}).get("InlinePolicies", {})
        _check_role(physical_id, new, {name: held for name, held in inline.items() if name not in others})
        result: Created = update(physical_id, old, new, stack_name, logical_id)
        return result

    handler.update(create=created, update=updated)


def _check_role(name: str, properties: Properties, kept: Properties) -> None:
    _check_trust(properties.get("AssumeRolePolicyDocument"))
    _check_attached(set(map(str, properties.get("ManagedPolicyArns", []))))
    own = {policy.get("PolicyName", ""): policy.get("PolicyDocument") for policy in properties.get("Policies", [])}
    _check_inline(name, {**kept, **own})


def _characters(document: Any) -> int:
    text = document if isinstance(document, str) else json.dumps(document or "")
    return len("".join(text.split()))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
