"""The monthly budget: the first stack, so that its alarms exist before anything can cost money."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.budget import Budget
from deployment.config import DeploymentConfig
from deployment.sections.budget import HARD_STOP_PERCENT
from kit_contract.parameters import hard_stop_topic
from kit_contract.tags import DEPLOYMENT_TAG

ACTIVATE_TAG = (
    f"The budget counts nothing before the cost allocation tag {DEPLOYMENT_TAG} is active: Billing and Cost "
    "Management, Cost allocation tags, Activate. The tag is listed there up to 24 hours after the first deploy, and "
    "takes up to 24 more to become active."
)
CONFIRM_EMAILS = (
    "AWS Budgets mails only to verified addresses. Each gets a link that ends after 12 hours, and its reader has to "
    "sign in to this account: Billing and Cost Management, Budgets, shows who is pending and sends the link again."
)


class BudgetStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = config.budget
        assert section
        budget = Budget(
            self,
            "Budget",
            monthly_usd=section.monthly_usd,
            actual_percent=section.actual_percent,
            forecast_percent=section.forecast_percent,
            emails=section.emails,
            tag=(DEPLOYMENT_TAG, config.deployment.name) if section.by_tag else None,
            services=section.services,
            with_topic=section.topic,
            hard_stop_percent=HARD_STOP_PERCENT if section.hard_stop else None,
        )
        if section.emails:
            cdk.CfnOutput(self, "ConfirmEmails", value=CONFIRM_EMAILS)
        if section.by_tag:
            cdk.CfnOutput(self, "ActivateTag", value=ACTIVATE_TAG)
        if budget.topic:
            cdk.CfnOutput(self, "TopicArn", value=budget.topic.topic_arn)
        if budget.hard_stop_topic:
            topic_arn = budget.hard_stop_topic.topic_arn
            cdk.CfnOutput(self, "HardStopTopicArn", value=topic_arn)
            # Not an export: CloudFormation refuses to delete a topic that another stack imports.
            ssm.CfnParameter(
                self,
                "HardStopTopicParameter",
                name=hard_stop_topic(config.deployment.name),
                type="String",
                value=topic_arn,
            )
            # A stack of release 0.1 imports it until its own update, which is after this one.
            self.export_value(topic_arn)
