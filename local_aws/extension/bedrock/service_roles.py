"""Service roles: whether Bedrock may assume one, and what its policies grant.

Denials, conditions, managed policies and permissions boundaries are evaluated; bucket policies are not.
"""

from typing import Any
from urllib.parse import urlsplit

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.responses import BedrockError

SERVICE = "bedrock.amazonaws.com"


def trusts(role_arn: str, source_arn: str, *, service: str = SERVICE) -> bool:
    """Whether the role exists and lets the service assume it on behalf of `source_arn`, a resource of this account."""
    role = iam._roles.get(_name(role_arn))
    if role is None:
        return False
    context = service_context(
        "sts:AssumeRole", role_arn, {"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id()}
    )
    trust = role.get("AssumeRolePolicyDocument")
    decision: str = iam_evaluator.evaluate_resource_policy(trust, context, service=service).decision
    return decision == "Allow"


def check_trust(role_arn: str, source_arn: str) -> None:
    """Raise BedrockError unless Bedrock may assume the role on behalf of `source_arn`."""
    if not trusts(role_arn, source_arn):
        raise BedrockError(
            "ValidationException",
            f"Could not assume provided IAM role {role_arn}. Please verify that the role exists and its trust policy "
            "allows this service to assume it",
        )


def role_allows(role_arn: str, action: str, uri: str) -> bool:
    """Whether the role's policies allow `action` on the object at `uri` (s3://bucket/key)."""
    return role_allows_on(role_arn, action, f"arn:{partition_of(get_region())}:s3:::" + "/".join(bucket_and_key(uri)))


def role_allows_on(role_arn: str, action: str, resource_arn: str, keys: dict[str, str] | None = None) -> bool:
    """Whether the role's policies allow `action` on the resource. `keys` are condition keys in lower case."""
    context = service_context(action, resource_arn, {"aws:resourceaccount": get_account_id(), **(keys or {})})
    account, name = get_account_id(), _name(role_arn)
    policies = iam_evaluator._gather_role_policies(name, account)
    boundary = iam_evaluator._permissions_boundary(iam._roles, name, account)
    decision: str = iam_evaluator.evaluate(context, policies, *boundary).decision
    return decision == "Allow"


def bucket_and_key(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.netloc, parts.path.lstrip("/")


def service_context(action: str, resource_arn: str, keys: dict[str, str]) -> Any:
    """Of a call that Bedrock makes itself."""
    return iam_evaluator.EvalContext(
        principal_arn=SERVICE,
        principal_type="AWSService",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        secure_transport=True,  # Bedrock's own calls are always encrypted
        service_context=keys,
    )


def _name(role_arn: str) -> str:
    return role_arn.rsplit("/", 1)[-1]
