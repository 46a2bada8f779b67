"""Says to cdk-nag why a policy of a construct ends in a wildcard: one acknowledgment for each resource, no blanket."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct


def acknowledge_wildcards(scope: Construct, resources: Sequence[str], *, reason: str) -> None:
    """Acknowledge AwsSolutions-IAM5 below `scope` for those of `resources` that hold a `*`."""
    stack, validations = Stack.of(scope), Validations.of(scope)
    for resource in resources:
        if "*" in resource:
            finding = f"AwsSolutions-IAM5[Resource::{_shown(stack.resolve(resource))}]"
            validations.acknowledge(Acknowledgment(id=finding, reason=reason))


def _shown(value: Any) -> str:
    """`value`, a resolved ARN, as cdk-nag prints it: references in angle brackets."""
    if not isinstance(value, dict):
        return str(value)
    if "Ref" in value:
        return f"<{value['Ref']}>"
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_shown(part) for part in parts)
    return str(value)
