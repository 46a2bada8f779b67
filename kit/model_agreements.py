"""Whether the agreements of [model_access] are in place: somebody may have ended one, or another deployment of the
account with `revoke_on_delete`. CloudFormation does not look.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.config import DeploymentConfig
from deployment.named_models import accessed_models
from kit_contract.aws_errors import code_of
from model_catalog.catalog import CONTEXT_SUFFIX, without_prefix

NO_AGREEMENTS = ("ValidationException", "ResourceNotFoundException")  # as Custom::BedrockModelAccess takes them


def agreement_missing(config: DeploymentConfig, clients: Callable[[str], Any], say: Callable[[str], None]) -> bool:
    """True has the deploy accept them again."""
    models = sorted({CONTEXT_SUFFIX.sub("", without_prefix(model)) for model in accessed_models(config)})
    try:
        missing = [model for model in models if _is_missing(clients("bedrock"), model)]
    except (ClientError, BotoCoreError) as error:
        say(f"warning: whether the agreements of [model_access] are in place is unknown: {error}")
        return False
    for model in missing:
        say(f"{model}: there is no agreement; the deploy accepts it")
    return bool(missing)


def _is_missing(bedrock: Any, model: str) -> bool:
    """A model without offers needs none."""
    try:
        found = bedrock.get_foundation_model_availability(modelId=model)
        if found["agreementAvailability"]["status"] != "NOT_AVAILABLE":
            return False
        return bool(bedrock.list_foundation_model_agreement_offers(modelId=model)["offers"])
    except ClientError as error:
        if code_of(error) not in NO_AGREEMENTS:
            raise
        return False
