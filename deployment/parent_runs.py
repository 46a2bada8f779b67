"""What a customization is trained further from: the run of another customization, or a custom model."""

from collections.abc import Mapping

from deployment.datasets import CustomizationDataset
from deployment.sections.training import Customization
from kit_contract import run_names


def parent_of(
    item: Customization, customizations: Mapping[str, Customization], datasets: Mapping[str, CustomizationDataset]
) -> str:
    """A run id, the ARN of a custom model, or "" where a foundation model is trained."""
    if item.base_custom_model:
        return item.base_custom_model
    name = item.base_customization
    return _run_id(name, customizations, datasets) if name else ""


def _run_id(
    name: str, customizations: Mapping[str, Customization], datasets: Mapping[str, CustomizationDataset]
) -> str:
    """As the starter makes it (RunSpecification.run_id)."""
    item, dataset = customizations[name], datasets[name]
    return run_names.run_id(
        base_model=item.base_model,
        method=item.method,
        hyperparameters=dataset.hyperparameters,
        dataset_sha256=dataset.sha256,
        validation_key=dataset.validation_key(name),
        method_settings=dataset.method_settings,
        parent=parent_of(item, customizations, datasets),
    )
