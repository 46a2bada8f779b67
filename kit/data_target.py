"""Which record format and limits a model and method ask for, as the catalog knows them; for the `kit data` commands."""

from dataclasses import dataclass

from model_catalog import catalog
from training_data.checks import CHECKS

# Name on the command line -> (customizationType of the API, record format; None: the base model's own).
METHODS: dict[str, tuple[str, str | None]] = {
    "fine-tuning": ("FINE_TUNING", None),
    "distillation": ("DISTILLATION", "distillation-prompts"),
    "reinforcement-fine-tuning": ("REINFORCEMENT_FINE_TUNING", "reinforcement-prompts"),
    "continued-pre-training": ("CONTINUED_PRE_TRAINING", "unlabelled-text"),
}
NO_CONTINUED_PRE_TRAINING = (
    "no base model on Bedrock takes continued pre-training today (Titan Text, the last one, has ended): these records"
    " are for SageMaker or for later; see docs/which-method.md"
)


@dataclass(frozen=True)
class DatasetTarget:
    """`checked` says whether rules for the format exist; `statement` is what a person must know about the method."""

    record_format: str
    min_records: int
    max_records: int
    checked: bool
    statement: str | None = None


def dataset_target(model: str, method: str) -> DatasetTarget:
    """Raises CatalogError for a model that is unknown or is not customized by `method`."""
    customization_type, record_format = METHODS[method]
    customizations = catalog.find(model).customizations
    statement = NO_CONTINUED_PRE_TRAINING if customization_type == "CONTINUED_PRE_TRAINING" else None
    customization = customizations.get("FINE_TUNING" if statement else customization_type)
    if customization is None:
        able = ", ".join(customizations)
        fix = "kit models --customizable lists what can be"
        raise catalog.CatalogError(f"{model} cannot be customized by {method}, allowed: {able or 'nothing'}; {fix}")
    record_format = record_format or customization.record_format
    return DatasetTarget(
        record_format, customization.min_records, customization.max_records, record_format in CHECKS, statement
    )
