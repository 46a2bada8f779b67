"""Distillation: a teacher answers the prompts, and the base model learns from its answers.

https://docs.aws.amazon.com/bedrock/latest/userguide/custom-model-job-access-security.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards


def distillation_members(teacher: str, max_response_length: int | None) -> dict[str, Any]:
    """`teacher` is the id of a foundation model or the ARN of a system-defined inference profile."""
    config: dict[str, Any] = {"TeacherModelIdentifier": teacher}
    if max_response_length:
        config["MaxResponseLengthForInference"] = max_response_length
    return {"CustomizationConfig": {"DistillationConfig": {"TeacherModelConfig": config}}}


def grant_teacher(role: iam.Role, invoke_arns: Sequence[str]) -> None:
    """For a teacher that is called through an inference profile: the profile, and its model in each Region."""
    role.add_to_policy(
        iam.PolicyStatement(sid="InvokeTeacher", actions=["bedrock:InvokeModel"], resources=list(invoke_arns))
    )
    acknowledge_wildcards(role, invoke_arns, reason="A global profile runs in any Region")


def log_members(invocation_logs: Mapping[str, Any]) -> dict[str, Any]:
    """`invocation_logs` is an InvocationLogsConfig, as Step Functions spells it."""
    return {"TrainingDataConfig": {"InvocationLogsConfig": dict(invocation_logs)}}


def grant_logs(role: iam.Role, s3_uri: str, kms_key_arn: str | None) -> None:
    """To read the model invocation logs below `s3_uri`, a bucket of this account."""
    stack = cdk.Stack.of(role)
    bucket, _, prefix = s3_uri.removeprefix("s3://").partition("/")
    bucket_arn = f"arn:{stack.partition}:s3:::{bucket}"
    objects = f"{bucket_arn}/{prefix.rstrip('/')}/*" if prefix.rstrip("/") else f"{bucket_arn}/*"
    own_account = {"StringEquals": {"aws:ResourceAccount": stack.account}}
    for sid, action, resource in (("ReadLogs", "s3:GetObject", objects), ("ListLogs", "s3:ListBucket", bucket_arn)):
        role.add_to_policy(iam.PolicyStatement(sid=sid, actions=[action], resources=[resource], conditions=own_account))
    acknowledge_wildcards(role, [objects], reason="Bedrock chooses the names of the logs that it writes")
    if kms_key_arn:
        through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
        role.add_to_policy(
            iam.PolicyStatement(
                sid="DecryptLogs", actions=["kms:Decrypt"], resources=[kms_key_arn], conditions=through_s3
            )
        )
