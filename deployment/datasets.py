"""The dataset of a customization, converted and checked at synth: a bad record stops the deploy before it costs."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from deployment.config import ConfigError, DeploymentConfig
from deployment.sections.training import Customization
from model_catalog import catalog
from model_catalog.model import Customization as BaseModelCustomization
from training_data.preparation import DatasetError, PreparedDataset, prepare_dataset

PREPARED = Path(__file__).resolve().parent.parent / ".local" / "datasets"


@dataclass(frozen=True)
class CustomizationDataset:
    """`folder` holds `file_name` and, if there is a validation set, `validation_file`; both named by their SHA-256."""

    folder: Path
    file_name: str
    records: int
    record_format: str
    min_records: int
    max_records: int
    hyperparameters: dict[str, str]
    specification_hash: str
    validation_file: str = ""


def prepare_datasets(config: DeploymentConfig) -> dict[str, CustomizationDataset]:
    """Prepare every customization's dataset. Raises ConfigError with the findings of all of them."""
    faults: list[str] = []
    datasets = {}
    for name, item in (config.training.customizations if config.training else {}).items():
        try:
            datasets[name] = _prepare(name, item, config.deployment.region)
        except _SetError as error:
            where = f"training.customizations.{name}.{error.key}"
            faults += [f"{where}: {line}" for line in str(error).splitlines()]
    if faults:
        raise ConfigError(faults)
    return datasets


class _SetError(Exception):
    """When the training or the validation set cannot be used: `key` is that of deployment.toml."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def _prepare(name: str, item: Customization, region: str) -> CustomizationDataset:
    customization = catalog.customizable(item.base_model, region, item.method)
    hyperparameters = catalog.check_hyperparameters(item.base_model, item.hyperparameters)
    PREPARED.mkdir(parents=True, exist_ok=True)
    training = _prepare_set(name, item, customization)
    validation = _prepare_set(name, item, customization, training) if item.validation_dataset else None
    content = [item.base_model, item.method, hyperparameters, training.sha256]
    if validation:
        content.append(validation.sha256)
    file_name = f"{training.sha256[:16]}.jsonl"
    validation_file = f"validation/{validation.sha256[:16]}.jsonl" if validation else ""
    folder = PREPARED / "-".join([name, training.sha256[:16], *([validation.sha256[:16]] if validation else [])])
    folder.mkdir(exist_ok=True)
    training.path.replace(folder / file_name)
    if validation:
        (folder / "validation").mkdir(exist_ok=True)
        validation.path.replace(folder / validation_file)
    return CustomizationDataset(
        folder=folder,
        file_name=file_name,
        records=training.records,
        record_format=customization.record_format,
        min_records=customization.min_records,
        max_records=customization.max_records,
        hyperparameters=hyperparameters,
        specification_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        validation_file=validation_file,
    )


def _prepare_set(
    name: str, item: Customization, customization: BaseModelCustomization, training: PreparedDataset | None = None
) -> PreparedDataset:
    """The training set or, with the prepared `training`, the validation set: Bedrock counts both together."""
    key, least, most = "dataset", customization.min_records, customization.max_records
    if training:
        key, least = "validation_dataset", 1
        most = min(customization.max_validation_records or most, most - training.records)
    try:
        return prepare_dataset(
            item.validation_dataset if training else item.dataset,
            record_format=customization.record_format,
            min_records=least,
            max_records=most,
            unlabelled=item.unlabelled,
            system=item.system,
            output=PREPARED / f"{name}-{key}-{os.getpid()}.jsonl",  # two deployments may be prepared at once
            base_model=item.base_model,
        )
    except DatasetError as error:
        raise _SetError(key, str(error)) from None
