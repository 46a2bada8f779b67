"""Roles that Amazon Bedrock AgentCore assumes, for resources of this account only."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

SERVICE = "bedrock-agentcore.amazonaws.com"


def agentcore_role(scope: Construct, construct_id: str, *, source: str, description: str) -> iam.Role:
    """`source`: the ARN of what assumes the role, with wildcards where AgentCore chooses a part.

    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/cross-service-confused-deputy-prevention.html
    """
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal(
            SERVICE,
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account},
                "ArnLike": {"aws:SourceArn": source},
            },
        ),
        description=description,
    )
