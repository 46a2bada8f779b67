"""Wakes the controller at the end of a deploy that changed its settings."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider


class ProvisionedThroughputStart(Construct):
    """Make it depend on the throughputs: without their settings the controller does nothing.

    `settings_hash` is a hash of all their settings; a new hash wakes the controller again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        kit_deployment: str,
        settings_hash: str,
    ) -> None:
        super().__init__(scope, construct_id)
        CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockCapacityStart",
            properties={
                "FunctionName": function.function_name,
                "KitDeployment": kit_deployment,
                "SettingsHash": settings_hash,
            },
            statements=[iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])],
        )
