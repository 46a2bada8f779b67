"""Says to cdk-nag why a policy of a construct ends in a wildcard: one acknowledgment for each resource, no blanket."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct


def explain_wildcards(scope: Construct, resources: Sequence[str], *, reason: str) -> None:
    """Acknowledge AwsSolutions-IAM5 below `scope` for those of `resources` that hold a `*`."""
    for resource in resources:
        shown = _shown(Stack.of(scope).resolve(resource))
        if "*" in shown:
            finding = f"AwsSolutions-IAM5[Resource::{shown}]"
            Validations.of(scope).acknowledge(Acknowledgment(id=finding, reason=reason))


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
