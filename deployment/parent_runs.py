"""What a customization is trained further from: the run of another customization, or a custom model."""

from collections.abc import Mapping

from deployment.config import ConfigError
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
    return run_id_of(name, customizations, datasets) if name else ""


def run_id_of(
    name: str, customizations: Mapping[str, Customization], datasets: Mapping[str, CustomizationDataset]
) -> str:
    """As the starter makes it (RunSpecification.run_id)."""
    item, dataset = customizations[name], datasets[name]
    if dataset.collection:
        raise ConfigError(
            [
                f"base_customization {name!r}: its dataset is in S3 or has media, so its run is known after the deploy "
                "only; name its model in base_custom_model"
            ]
        )
    return run_names.run_id(
        base_model=item.base_model,
        method=item.method,
        hyperparameters=dataset.hyperparameters,
        dataset_sha256=dataset.sha256,
        validation_key=dataset.validation_key(name),
        method_settings=dataset.method_settings,
        parent=parent_of(item, customizations, datasets),
    )
