"""[training] and [training.customizations.*]: which models are fine-tuned, with what data."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import Name, Removal, Section


class Customization(Section):
    """One fine-tuned model: trained anew whenever base model, method, dataset or hyperparameters change."""

    alias: Name
    base_model: str
    method: Literal["FINE_TUNING"] = "FINE_TUNING"
    dataset: Annotated[list[Path], Field(min_length=1)]
    validation_dataset: list[Path] = []
    system: str | None = None
    unlabelled: Literal["refuse", "continuation"] = "refuse"
    serving: Literal["on-demand", "provisioned"] = "on-demand"
    hyperparameters: dict[str, int | float | str] = {}


class Training(Section):
    removal: Removal = "retain"
    kms_key_arn: str | None = None
    customizations: Annotated[dict[Name, Customization], Field(min_length=1)]
