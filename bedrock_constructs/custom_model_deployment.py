"""A custom model served on demand under a fixed name: it needs no capacity, and costs nothing while idle."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs import names, ownership
from bedrock_constructs.arguments import (
    ALIAS,
    ALIAS_IN_WORDS,
    BEDROCK_NAME,
    BEDROCK_NAME_IN_WORDS,
    check_text,
)
from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.parameters import ANY, alias_serving

CUSTOM_MODEL = "arn:[^:]+:bedrock:[^:]+:[^:]+:custom-model/.+"


class CustomModelDeployment(Construct):
    """The custom model deployment `deployment_name` in Bedrock, which serves `alias` of `kit_deployment`.

    Without `model_identifier` (a custom model's ARN) the name is reserved for the training workflow, which creates the
    deployment at the first promotion; `custom_model_deployment_arn` is None then. Either way the deployment is deleted
    with this construct. `candidate`: the workflow also deploys models to evaluate them, which is deleted, too, when it
    is no longer asked for.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        deployment_name: str,
        alias: str,
        model_identifier: str | None = None,
        candidate: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        names.deployment_name(self, kit_deployment)
        check_text("deployment_name", deployment_name, BEDROCK_NAME, BEDROCK_NAME_IN_WORDS)
        check_text("alias", alias, ALIAS, ALIAS_IN_WORDS)
        if model_identifier is not None:
            check_text("model_identifier", model_identifier, CUSTOM_MODEL, "the ARN of a custom model")
        resource = CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockCustomModelDeployment",
            properties={
                "DeploymentName": deployment_name,
                "Alias": alias,
                "KitDeployment": kit_deployment,
                "ModelIdentifier": model_identifier,
                "Candidate": candidate or None,
            },
            statements=self._statements(kit_deployment, model_identifier),
            acknowledgment="Bedrock chooses the last part of the ARN when the deployment is made; a list has no ARN",
        )
        self.custom_model_deployment_arn = (
            resource.get_att_string("CustomModelDeploymentArn") if model_identifier else None
        )

    def _statements(self, kit_deployment: str, model: str | None) -> list[iam.PolicyStatement]:
        stack = Stack.of(self)
        # Bedrock generates the last part of the ARN: only its type can be named.
        deployments = stack.format_arn(service="bedrock", resource="custom-model-deployment", resource_name="*")
        # Any alias of the deployment: an Update withdraws the old one, and its grants are the new ones.
        parameter = stack.format_arn(
            service="ssm",
            resource=f"parameter{alias_serving(kit_deployment, ANY)}",
            arn_format=ArnFormat.NO_RESOURCE_NAME,
        )
        create, get, update, delete = (
            f"bedrock:{verb}CustomModelDeployment" for verb in ("Create", "Get", "Update", "Delete")
        )
        own, created = ownership.own(kit_deployment), ownership.served_created(kit_deployment)
        maybe_own = ownership.own_or_absent(kit_deployment)
        statements = [
            iam.PolicyStatement(actions=[delete], resources=[deployments], conditions=own),
            iam.PolicyStatement(actions=[get], resources=[deployments], conditions=maybe_own),
            # Whose a deployment is: its tags tell, and of another deployment's the list shows enough.
            iam.PolicyStatement(actions=["bedrock:ListTagsForResource"], resources=[deployments]),
            iam.PolicyStatement(actions=["bedrock:ListCustomModelDeployments"], resources=["*"]),
            iam.PolicyStatement(actions=["ssm:GetParameter", "ssm:DeleteParameter"], resources=[parameter]),
        ]
        if model:
            tagged = ownership.both(created, maybe_own)
            statements += [
                iam.PolicyStatement(actions=[create], resources=[model], conditions=created),
                iam.PolicyStatement(actions=[update], resources=[model]),
                iam.PolicyStatement(actions=[update], resources=[deployments], conditions=own),
                iam.PolicyStatement(actions=["bedrock:TagResource"], resources=[deployments], conditions=tagged),
            ]
        return statements
