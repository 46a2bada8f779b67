"""Model units of Bedrock, billed by the hour from the deploy that makes them to the one that removes them."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.custom_resource_provider import CustomResourceProvider


class ProvisionedThroughput(Construct):
    """Exactly one of `model_identifier` (foundation model id with its context suffix, or a custom model's ARN) and
    `customization` (the custom model that the kit trained for it). `commitment_duration` is None, "OneMonth" or
    "SixMonths"; with one the throughput cannot be deleted, nor its stack, before the commitment ends.

    `model_units` and `commitment_duration` cannot change: Bedrock has no such update, so a deploy refuses it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        provisioned_model_name: str,
        model_identifier: str | None,
        customization: str | None,
        model_units: int,
        commitment_duration: str | None,
        alias: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        if bool(model_identifier) == bool(customization):
            raise ValueError(
                f"provisioned throughput {provisioned_model_name} needs either a model or a customization, got "
                f"{model_identifier!r} and {customization!r}; name exactly one"
            )
        resource = CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockProvisionedThroughput",
            properties={
                "ProvisionedModelName": provisioned_model_name,
                "ModelIdentifier": model_identifier,
                "Customization": customization,
                "ModelUnits": model_units,
                "CommitmentDuration": commitment_duration,
                "Alias": alias,
                "KitDeployment": kit_deployment,
            },
            statements=self._statements(kit_deployment, alias),
            wildcard_reason="Bedrock chooses the last part of these ARNs; listing models takes no ARN",
        )
        self.provisioned_model_arn = resource.get_att_string("ProvisionedModelArn")

    def _statements(self, kit_deployment: str, alias: str | None) -> list[iam.PolicyStatement]:
        stack = Stack.of(self)
        # Bedrock chooses the last part of these ARNs when throughput and models are made: only the type can be named.
        throughputs = stack.format_arn(service="bedrock", resource="provisioned-model", resource_name="*")
        models = stack.format_arn(service="bedrock", resource="custom-model", resource_name="*")
        foundation = stack.format_arn(service="bedrock", account="", resource="foundation-model", resource_name="*")
        verbs = ("Create", "Update", "Get", "Delete")
        actions = [f"bedrock:{verb}ProvisionedModelThroughput" for verb in verbs]
        statements = [
            iam.PolicyStatement(
                actions=[*actions, "bedrock:TagResource", "bedrock:ListTagsForResource"],
                resources=[throughputs, models, foundation],
            ),
            iam.PolicyStatement(actions=["bedrock:GetCustomModel"], resources=[models]),
            # ListCustomModels knows no resource type: it finds the newest model of a customization.
            iam.PolicyStatement(actions=["bedrock:ListCustomModels"], resources=["*"]),
        ]
        if alias:
            parameter = stack.format_arn(
                service="ssm",
                resource=f"parameter/bedrock-kit/{kit_deployment}/aliases/{alias}/serving",
                arn_format=ArnFormat.NO_RESOURCE_NAME,
            )
            parameter_actions = ["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"]
            statements.append(iam.PolicyStatement(actions=parameter_actions, resources=[parameter]))
        return statements
