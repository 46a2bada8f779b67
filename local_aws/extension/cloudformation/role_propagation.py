"""A role that a stack has just created or changed is not in effect at once: IAM is eventually consistent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
AWS takes seconds; here it is half a second on Bedrock's clock, and only for roles of CloudFormation. First the trust
is missing, then the policies. The messages are two that Terraform's provider repeats CreateKnowledgeBase for:
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/bedrockagent/knowledge_base.go
It repeats CreateHarness and CreateGatewayTarget, too (harness.go, gateway_target.go in service/bedrockagentcore).
"""

import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services.cloudformation import provisioners

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.clock import elapsed

TRUST_SECONDS, PROPAGATION_SECONDS = 0.25, 0.5
SLOW_SECONDS = 300.0  # with the fault slow-roles
_changed = AccountRegionScopedDict()


def install() -> None:
    """Note the time whenever a stack creates or updates a role or a policy of roles."""
    for resource_type in ("AWS::IAM::Role", "AWS::IAM::Policy"):
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        handler["create"] = _noting(handler["create"], properties_at=1)
        handler["update"] = _noting(handler["update"], properties_at=2)


def is_in_effect(role_arn: str) -> bool:
    """Whether the role and its policies are known everywhere."""
    changed = _changed.get(_name(role_arn))
    seconds = SLOW_SECONDS if faults.is_on(faults.SLOW_ROLES) else PROPAGATION_SECONDS
    return changed is None or elapsed(changed) >= seconds


def refusal(role_arn: str) -> str | None:
    """Bedrock's message for a knowledge base while the role or its policies are not in effect yet."""
    if is_in_effect(role_arn):
        return None
    if elapsed(_changed[_name(role_arn)]) < TRUST_SECONDS:
        return f"Bedrock Knowledge Base was unable to assume the given role {role_arn}"
    return f"Knowledge base role {role_arn} is not able to call specified bedrock embedding model"


def _name(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]


def _noting(handle: Callable[..., Any], *, properties_at: int) -> Callable[..., Any]:
    def noting(*arguments: Any, **named: Any) -> Any:
        result = handle(*arguments, **named)
        properties = arguments[properties_at]
        unchanged = properties_at == 2 and arguments[1] == properties
        if not unchanged:
            for role in properties.get("Roles") or [result[0]]:
                _changed[role] = time.time()
        return result

    return noting
