"""[training.copied_models.*]: a copy of a custom model that another Region has, or that another account shares."""

from typing import Any, ClassVar, Literal

from pydantic import model_validator

from deployment.sections.external_model import ExternalModel
from deployment.sections.section import CustomModelArn, KmsKeyArn, ModelId
from kit_contract.external_models import COPY
from kit_contract.model_arns import base_of_custom_model


class CopiedModel(ExternalModel):
    """It is copied again when `source_model_arn` changes. `base_model` is in that ARN, but for models that came from
    SageMaker AI. `source_kms_key_arn` is the customer managed key of the source, `model_kms_key_arn` that of the copy.
    """

    kind: ClassVar[str] = "copied_models"
    method: ClassVar[str] = COPY

    source_model_arn: CustomModelArn
    base_model: ModelId = ""
    source_kms_key_arn: KmsKeyArn | None = None
    model_kms_key_arn: KmsKeyArn | None = None
    serving: Literal["on-demand", "provisioned"] = "on-demand"

    @model_validator(mode="before")
    @classmethod
    def _base_model(cls, given: Any) -> Any:
        if isinstance(given, dict) and "base_model" not in given:
            base = base_of_custom_model(str(given.get("source_model_arn")))
            return {**given, "base_model": base} if base else given
        return given

    @property
    def source(self) -> dict[str, object]:
        """Members of CreateModelCopyJob, as Step Functions spells them."""
        return {"SourceModelArn": self.source_model_arn}
