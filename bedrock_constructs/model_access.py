"""Access to foundation models: agreements, and the use-case form that Anthropic requires once per account."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.arguments import check_each, check_whole
from bedrock_constructs.custom_resources.provider import CustomResourceProvider

# The prerequisites of https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html have all three of
# aws-marketplace, also for who never revokes.
ACTIONS = (
    "bedrock:GetFoundationModelAvailability",
    "bedrock:ListFoundationModelAgreementOffers",
    "bedrock:CreateFoundationModelAgreement",
    "aws-marketplace:Subscribe",
    "aws-marketplace:Unsubscribe",
    "aws-marketplace:ViewSubscriptions",
)
USE_CASE_ACTIONS = ("bedrock:GetUseCaseForModelAccess", "bedrock:PutUseCaseForModelAccess")
REVOKE_ACTIONS = ("bedrock:DeleteFoundationModelAgreement",)


class ModelAccess(Construct):
    """`models` are ids of foundation models or inference profiles. `use_case` is the form's JSON, with string values.

    `revoke_on_delete` deletes the agreements of `models` with the stack, no matter who made them.
    `generation`: another number has what is missing accepted again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        models: Sequence[str],
        use_case: Mapping[str, str] | None = None,
        revoke_on_delete: bool = False,
        generation: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        check_each("models", models, ".+", "the id of a model, such as amazon.nova-lite-v1:0")
        check_whole("generation", generation, 1)
        actions = [*ACTIONS, *USE_CASE_ACTIONS, *(REVOKE_ACTIONS if revoke_on_delete else ())]
        # These actions support no resource-level permissions: agreements and the form belong to the account.
        statement = iam.PolicyStatement(actions=actions, resources=["*"])
        CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockModelAccess",
            properties={
                "Models": sorted(models),
                "UseCaseForm": dict(use_case) if use_case else None,
                "RevokeOnDelete": revoke_on_delete,
                "Generation": str(generation) if generation > 1 else None,
            },
            statements=[statement],
            acknowledgment="agreements and the use-case form belong to the account: no ARN exists",
        )
