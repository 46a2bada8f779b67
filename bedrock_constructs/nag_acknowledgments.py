"""Acknowledges cdk-nag findings, each with a reason and as narrow as cdk-nag allows.

Every call of the CDK is a message to Node, so what was asked once is kept.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct, IConstruct

_TOKEN = re.compile(r"\$\{Token\[[^]]+\]\}")  # numbered by the CDK through all apps of a process
_printed_tokens: dict[str, str] = {}
_validations: WeakKeyDictionary[IConstruct, Validations] = WeakKeyDictionary()


def acknowledge(scope: IConstruct, finding: str, *, reason: str) -> None:
    """Acknowledge `finding` (`AwsSolutions-SQS3`) for `scope` and what is below it."""
    _acknowledge(scope, [Acknowledgment(id=finding, reason=reason)])


def acknowledge_wildcards(scope: IConstruct, resources: Iterable[str], *, reason: str) -> None:
    """Acknowledge AwsSolutions-IAM5 below `scope` for each of `resources` that contains a `*`."""
    wildcards = [resource for resource in resources if "*" in resource]
    if wildcards:
        arns = [_TOKEN.sub(lambda token: _printed(scope, token[0]), arn) for arn in wildcards]
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
    if scope not in _validations:
        _validations[scope] = Validations.of(scope)
    try:
        _validations[scope].acknowledge(*findings)
    except RuntimeError as error:
        if "InvalidValidationId" not in str(error):
            raise


def _printed(scope: IConstruct, token: str) -> str:
    if token not in _printed_tokens:
        _printed_tokens[token] = _as_printed(Stack.of(scope).resolve(token))
    return _printed_tokens[token]


def _as_printed(value: Any) -> str:
    """A resolved token as cdk-nag prints it: references in angle brackets."""
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
