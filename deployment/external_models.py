"""What the kit knows of models that come into Bedrock without a customization job: the shape of their questions."""

from kit_contract.dataset_limits import CONVERSE, DatasetLimits
from model_catalog import catalog

# Nothing is trained: the limits say how an evaluation's records are read.
ANY_RECORDS = DatasetLimits(record_format=CONVERSE, min_records=1, max_records=20_000)


def record_limits(base_model: str) -> DatasetLimits:
    """Those of fine-tuning the base model, if it can be fine-tuned anywhere."""
    try:
        customization = catalog.find(base_model).customizations.get("FINE_TUNING")
    except catalog.CatalogError:
        customization = None
    return customization.limits if customization else ANY_RECORDS
