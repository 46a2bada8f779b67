"""An imported model serves its alias by its own ARN: nothing is deployed, and this ends it with the section."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.parameters import ANY, alias_serving


class ImportedModelServing(Construct):
    """Withdraws `alias` from the imported model of `customization` when this is removed, or names another alias."""

    def __init__(
        self, scope: Construct, construct_id: str, *, kit_deployment: str, customization: str, alias: str
    ) -> None:
        super().__init__(scope, construct_id)
        # Any alias of the deployment: an Update withdraws the old one, and its grants are the new ones.
        parameter = Stack.of(self).format_arn(
            service="ssm",
            resource=f"parameter{alias_serving(kit_deployment, ANY)}",
            arn_format=ArnFormat.NO_RESOURCE_NAME,
        )
        CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockImportedModelServing",
            properties={"Customization": customization, "Alias": alias, "KitDeployment": kit_deployment},
            statements=[
                iam.PolicyStatement(actions=["ssm:GetParameter", "ssm:DeleteParameter"], resources=[parameter])
            ],
            acknowledgment="Aliases of this deployment: an Update withdraws the old one",
        )
