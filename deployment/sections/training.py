"""[training] and [training.customizations.*]: which models are fine-tuned, with what data."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.evaluation import Evaluation
from deployment.sections.section import ENCODING, FilePath, KmsKeyArn, ModelId, Name, Removal, Section


class Customization(Section):
    """One fine-tuned model. It is trained again when base model, method, dataset or hyperparameters change."""

    alias: Name
    base_model: ModelId
    method: Literal["FINE_TUNING"] = "FINE_TUNING"
    dataset: Annotated[list[FilePath], Field(min_length=1)]
    validation_dataset: list[FilePath] = []
    system: str | None = None
    unlabelled: Literal["refuse", "continuation"] = "refuse"
    columns: dict[str, str] = {}
    header: bool = True
    encoding: Annotated[str, Field(pattern=ENCODING)] | None = None
    use: list[Literal["chosen", "weight-0", "label-false"]] = []
    serving: Literal["on-demand", "provisioned"] = "on-demand"
    hyperparameters: dict[str, int | float | str] = {}
    evaluation: Evaluation | None = None


class Training(Section):
    removal: Removal = "retain"
    kms_key_arn: KmsKeyArn | None = None
    customizations: Annotated[dict[Name, Customization], Field(min_length=1)]
