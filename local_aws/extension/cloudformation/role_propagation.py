"""A role that a stack has just created or changed is not in effect at once: IAM is eventually consistent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
AWS takes seconds; here it is half a second on Bedrock's clock, and only for roles of CloudFormation.
"""

import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services.cloudformation import provisioners

from local_aws.extension.bedrock.clock import elapsed

PROPAGATION_SECONDS = 0.5
_changed = AccountRegionScopedDict()


def install() -> None:
    """Note the time whenever a stack creates or updates a role or a policy of roles."""
    for resource_type in ("AWS::IAM::Role", "AWS::IAM::Policy"):
        handler = provisioners._RESOURCE_HANDLERS[resource_type]
        handler["create"] = _noting(handler["create"], properties_at=1)
        handler["update"] = _noting(handler["update"], properties_at=2)


def is_in_effect(role_arn: str) -> bool:
    changed = _changed.get(role_arn.rsplit("/", 1)[-1])
    return changed is None or elapsed(changed) >= PROPAGATION_SECONDS


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
