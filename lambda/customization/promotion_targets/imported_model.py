"""An imported model, which serves by its own ARN: nothing is deployed, and it is READY as soon as it is there."""

from typing import TYPE_CHECKING

from customization.promotion_targets.target import Phase, Progress, PromotionError, require_absent
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient


class ImportedModel:
    def __init__(self, bedrock: "BedrockClient") -> None:
        self._bedrock = bedrock

    def promote(self, run: Run, model_arn: str) -> str:
        """Returns the ARN to call. Raises PromotionError for a model that is gone, or takes no messages."""
        try:
            found = self._bedrock.get_imported_model(modelIdentifier=model_arn)
        except Exception as error:
            require_absent(error, model_arn, run.kit_deployment)
            raise PromotionError(f"{model_arn} of run {run.run_id} was deleted; deploy again to import it") from None
        if not found.get("instructSupported"):
            raise PromotionError(
                f"{found['modelName']} was imported, but Bedrock's Converse, by which the kit's API asks, takes no "
                "messages for it (instructSupported is false); add a chat_template to tokenizer_config.json and deploy "
                f"again, then delete this one: kit runs delete {run.run_id}"
            )
        return model_arn

    def progress(self, model_arn: str) -> Progress:
        """READY: there is nothing to wait for. Raises boto3's error for a model that is gone."""
        found = self._bedrock.get_imported_model(modelIdentifier=model_arn)
        return Progress(found["modelName"], Phase.READY, found["modelArn"])
