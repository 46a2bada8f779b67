"""Starts a training run on deploy when the alias is not served by the model of the dataset and its settings.

The deploy does not wait for a training. It waits for a run that only promotes a model that exists.
"""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider


class CustomizationStart(Construct):
    """`spec_hash` covers the settings of run and promotion: with a new hash or `data_key` the deploy looks at what
    serves, and starts a run where that is another model. Another `restore` (any text) makes it look, too. `retrain`
    allows to pay for a model again that was deleted, `retry_failed` for a job after one that failed. `outcome` tells
    what the starter did.

    The starter gets a StartRequest, and a StopRequest when the construct is removed (kit_contract/run_events.py).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: lambda_.IFunction,
        customization: str,
        data_key: str,
        spec_hash: str,
        restore: str | None = None,
        retrain: bool = False,
        retry_failed: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        invoke = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[starter.function_arn])
        resource = CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockCustomizationStart",
            properties={
                "StarterFunctionName": starter.function_name,
                "Customization": customization,
                "DataKey": data_key,
                "SpecHash": spec_hash,
                "Restore": restore,
                "Retrain": retrain or None,
                "RetryFailed": retry_failed or None,
            },
            statements=[invoke],
        )
        self.execution_arn = resource.get_att_string("ExecutionArn")
        self.run_id = resource.get_att_string("RunId")
        self.outcome = resource.get_att_string("Outcome")
