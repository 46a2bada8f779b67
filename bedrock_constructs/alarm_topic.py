"""The topic that carries alarms of CloudWatch to people."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct


def alarm_topic(scope: Construct, construct_id: str, *, display_name: str) -> sns.Topic:
    """Alarms of this account may publish to it."""
    topic = sns.Topic(scope, construct_id, display_name=display_name, enforce_ssl=True)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsPublish",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}},
        )
    )
    return topic
