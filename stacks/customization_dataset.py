"""The dataset of a customization, converted and checked at synth: a bad record stops the deploy before it costs."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from model_catalog import catalog
from stacks.deployment_config import ConfigError, Customization, DeploymentConfig
from training_data.prepare import DatasetError, prepare_dataset

PREPARED = Path(__file__).resolve().parent.parent / ".local" / "datasets"


@dataclass(frozen=True)
class CustomizationDataset:
    """`folder` holds one file, `file_name`, in the base model's record format; named by its SHA-256."""

    folder: Path
    file_name: str
    records: int
    record_format: str
    min_records: int
    max_records: int
    hyperparameters: dict[str, str]
    specification_hash: str


def prepare_datasets(config: DeploymentConfig) -> dict[str, CustomizationDataset]:
    """Prepare every customization's dataset. Raises ConfigError with the findings of all of them."""
    faults: list[str] = []
    datasets = {}
    for name, item in (config.training.customizations if config.training else {}).items():
        try:
            datasets[name] = _prepare(name, item, config.deployment.region)
        except DatasetError as error:
            faults += [f"training.customizations.{name}.dataset: {line}" for line in str(error).splitlines()]
    if faults:
        raise ConfigError(faults)
    return datasets


def _prepare(name: str, item: Customization, region: str) -> CustomizationDataset:
    customization = catalog.customizable(item.base_model, region, item.method)
    hyperparameters = catalog.check_hyperparameters(item.base_model, item.hyperparameters)
    PREPARED.mkdir(parents=True, exist_ok=True)
    prepared = prepare_dataset(
        item.dataset,
        record_format=customization.record_format,
        min_records=customization.min_records,
        max_records=customization.max_records,
        unlabelled=item.unlabelled,
        system=item.system,
        output=PREPARED / f"{name}-{os.getpid()}.jsonl",  # two deployments may be prepared at once
        base_model=item.base_model,
    )
    file_name = f"{prepared.sha256[:16]}.jsonl"
    folder = PREPARED / f"{name}-{prepared.sha256[:16]}"
    folder.mkdir(exist_ok=True)
    prepared.path.replace(folder / file_name)
    specification = json.dumps([item.base_model, item.method, hyperparameters, prepared.sha256], sort_keys=True)
    return CustomizationDataset(
        folder=folder,
        file_name=file_name,
        records=prepared.records,
        record_format=customization.record_format,
        min_records=customization.min_records,
        max_records=customization.max_records,
        hyperparameters=hyperparameters,
        specification_hash=hashlib.sha256(specification.encode()).hexdigest(),
    )
