"""[training.sagemaker_models.*]: a model of Amazon Nova that was trained in SageMaker AI, made a custom model."""

from typing import ClassVar, Literal

from pydantic import model_validator

from deployment.sections.external_model import ExternalModel
from deployment.sections.section import KmsKeyArn, ModelId, ModelPackageArn, S3Prefix
from kit_contract.external_models import SAGEMAKER


class SageMakerModel(ExternalModel):
    """It is made again when `model_package_arn` or `s3_uri` changes. `base_model` is what was trained there.

    `s3_uri` is in the bucket that SageMaker AI manages; a model package is what AWS prefers.
    """

    kind: ClassVar[str] = "sagemaker_models"
    method: ClassVar[str] = SAGEMAKER

    base_model: ModelId
    model_package_arn: ModelPackageArn | None = None
    s3_uri: S3Prefix | None = None
    model_kms_key_arn: KmsKeyArn | None = None
    serving: Literal["on-demand", "provisioned"] = "on-demand"

    @model_validator(mode="after")
    def _one_source(self) -> "SageMakerModel":
        if (self.model_package_arn is None) == (self.s3_uri is None):
            given = "both" if self.s3_uri else "none"
            raise ValueError(
                f"exactly one of model_package_arn, s3_uri is needed, got {given}; name where the model is"
            )
        return self

    @property
    def source(self) -> dict[str, object]:
        """Members of CreateCustomModel, as Step Functions spells them."""
        if self.model_package_arn:
            package = {"ModelPackageArn": self.model_package_arn}
            return {"CustomModelDataSource": {"ModelPackageArnDataSource": package}}
        return {"ModelSourceConfig": {"S3DataSource": {"S3Uri": self.s3_uri}}}
