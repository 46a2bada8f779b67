"""Roles that Amazon Bedrock AgentCore assumes, for resources of this account only."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

SERVICE = "bedrock-agentcore.amazonaws.com"


def agentcore_role(scope: Construct, construct_id: str, *, sources: Sequence[str], description: str) -> iam.Role:
    """`sources`: what assumes the role, such as `gateway/name-*`: AgentCore chooses the end of names.

    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/cross-service-confused-deputy-prevention.html
    """
    stack = cdk.Stack.of(scope)
    arns = [f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:{source}" for source in sources]
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal(
            SERVICE,
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": arns},
            },
        ),
        description=description,
    )
