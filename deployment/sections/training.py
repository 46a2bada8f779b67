"""[training] and [training.customizations.*]: which models are customized, by which method, with what data.

Models that come into Bedrock without a job of the deployment are kinds of sections beside [training.customizations.*].
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from deployment.sections.copied_model import CopiedModel
from deployment.sections.distillation import Distillation
from deployment.sections.evaluation import Evaluation
from deployment.sections.imported_model import ImportedModel
from deployment.sections.job_network import JobNetwork
from deployment.sections.promotion import Promotion
from deployment.sections.reinforcement import Reinforcement
from deployment.sections.sagemaker_model import SageMakerModel
from deployment.sections.section import (
    ENCODING,
    AccountId,
    CustomModelArn,
    FilePath,
    KmsKeyArn,
    ModelId,
    Name,
    Removal,
    S3Folder,
    S3Source,
    Section,
)

# A file on this machine, read at synth, or objects in S3, read at the deploy.
DatasetFile = Annotated[S3Source | FilePath, Field(union_mode="left_to_right")]


class Customization(Section):
    """One custom model. It is trained again when base model, method, its settings, dataset or hyperparameters change.

    `base_customization` and `base_custom_model` name a custom model of `base_model` that is trained further.
    """

    alias: Name
    base_model: ModelId
    base_customization: Name | None = None
    base_custom_model: CustomModelArn | None = None
    method: Literal["FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING"] = (
        "FINE_TUNING"
    )
    distillation: Distillation | None = None
    reinforcement: Reinforcement | None = None
    vpc: JobNetwork | None = None
    model_kms_key_arn: KmsKeyArn | None = None
    dataset: list[DatasetFile] = []
    validation_dataset: list[DatasetFile] = []
    media: list[S3Folder] = []
    dataset_bucket_owner: AccountId | None = None
    dataset_kms_key_arn: KmsKeyArn | None = None
    system: str | None = None
    unlabelled: Literal["refuse", "continuation"] = "refuse"
    columns: dict[str, str] = {}
    header: bool = True
    encoding: Annotated[str, Field(pattern=ENCODING)] | None = None
    use: list[Literal["chosen", "weight-0", "label-false"]] = []
    serving: Literal["on-demand", "provisioned"] = "on-demand"
    hyperparameters: dict[str, int | float | str] = {}
    evaluation: Evaluation | None = None
    promotion: Promotion | None = None

    @property
    def dataset_files(self) -> list[Path]:
        return [file for file in (*self.dataset, *self.validation_dataset) if isinstance(file, Path)]

    @property
    def dataset_objects(self) -> list[str]:
        return [uri for uri in (*self.dataset, *self.validation_dataset) if isinstance(uri, str)]


External = CopiedModel | SageMakerModel | ImportedModel  # every kind of ExternalModel
CustomModel = Customization | External
# The tables of the kinds below [training]; a name is one model, whatever its kind
EXTERNAL_KINDS = (CopiedModel, SageMakerModel, ImportedModel)


class Training(Section):
    removal: Removal = "retain"
    kms_key_arn: KmsKeyArn | None = None
    vpc: JobNetwork | None = None
    model_kms_key_arn: KmsKeyArn | None = None
    customizations: dict[Name, Customization] = {}
    copied_models: dict[Name, CopiedModel] = {}
    sagemaker_models: dict[Name, SageMakerModel] = {}
    imported_models: dict[Name, ImportedModel] = {}

    @model_validator(mode="after")
    def _one_model(self) -> "Training":
        if not self.custom_models:
            kinds = " or ".join(f"[training.{kind}.*]" for kind in ("customizations", *self.external_tables))
            raise ValueError(f"has no model; add {kinds}, or remove [training]")
        return self

    @property
    def external_tables(self) -> dict[str, Mapping[str, External]]:
        """The kind -> name -> its section."""
        return {section.kind: getattr(self, section.kind) for section in EXTERNAL_KINDS}

    @property
    def external_models(self) -> dict[str, External]:
        return {name: item for table in self.external_tables.values() for name, item in table.items()}

    @property
    def custom_models(self) -> dict[str, CustomModel]:
        """All that an alias can be served by."""
        return {**self.customizations, **self.external_models}

    def model_key(self, name: str) -> str | None:
        """The key that encrypts the custom models of this name, or None for Bedrock's own."""
        return self.custom_models[name].model_kms_key_arn or self.model_kms_key_arn

    @property
    def model_keys(self) -> list[str]:
        keys = (self.model_key(name) for name in self.custom_models)
        return sorted({key for key in keys if key})
