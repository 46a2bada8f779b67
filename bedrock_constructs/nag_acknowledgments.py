"""Acknowledges cdk-nag findings, each with a reason and as narrow as cdk-nag allows."""

from collections.abc import Iterable, Sequence
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct, IConstruct


def acknowledge(scope: IConstruct, finding: str, *, reason: str) -> None:
    """Acknowledge `finding` (`AwsSolutions-SQS3`) for `scope` and what is below it."""
    _acknowledge(scope, [Acknowledgment(id=finding, reason=reason)])


def acknowledge_wildcards(scope: IConstruct, resources: Iterable[str], *, reason: str) -> None:
    """Acknowledge AwsSolutions-IAM5 below `scope` for each of `resources` that contains a `*`."""
    wildcards = [resource for resource in resources if "*" in resource]
    if wildcards:
        arns = [_as_printed(arn) for arn in Stack.of(scope).resolve(wildcards)]
        findings = [Acknowledgment(id=f"AwsSolutions-IAM5[Resource::{arn}]", reason=reason) for arn in arns]
        _acknowledge(scope, findings)


def acknowledge_auto_delete(scope: Construct) -> None:
    """The CDK's function that empties the buckets of a stack before their deletion, if the stack has it."""
    function = Stack.of(scope).node.try_find_child("Custom::S3AutoDeleteObjectsCustomResourceProvider")
    if isinstance(function, Construct):
        policy = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        acknowledge(
            function, f"AwsSolutions-IAM4[Policy::{policy}]", reason="The CDK's own role; it writes its log only"
        )


def _acknowledge(scope: IConstruct, findings: Sequence[Acknowledgment]) -> None:
    """Before release 2.275 the CDK refuses the ids of cdk-nag: a template without a comment is better than none."""
    try:
        Validations.of(scope).acknowledge(*findings)
    except RuntimeError as error:
        if "InvalidValidationId" not in str(error):
            raise


def _as_printed(value: Any) -> str:
    """A resolved ARN as cdk-nag prints it: references in angle brackets."""
    if not isinstance(value, dict):
        return str(value)
    if "Ref" in value:
        return f"<{value['Ref']}>"
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_as_printed(part) for part in parts)
    return str(value)
