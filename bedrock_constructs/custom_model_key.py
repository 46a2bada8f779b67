"""Custom models under a customer managed key: whoever creates jobs and whoever uses models needs rights on the key.

https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

# Bedrock makes a grant in the caller's name, and checks with the other three that the caller may use the key.
CREATE = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
USE = ("kms:Decrypt",)
JOB_KEY = "CustomModelKmsKeyId"  # of CreateModelCustomizationJob


def key_members(kms_key_arn: str) -> dict[str, Any]:
    return {JOB_KEY: kms_key_arn}


def model_key_statement(
    scope: cdk.Stack, sid: str, actions: tuple[str, ...], key_arns: list[str]
) -> iam.PolicyStatement:
    """Through Bedrock of the stack's Region only, as AWS recommends."""
    through_bedrock = {"StringEquals": {"kms:ViaService": f"bedrock.{scope.region}.amazonaws.com"}}
    return iam.PolicyStatement(sid=sid, actions=list(actions), resources=key_arns, conditions=through_bedrock)
