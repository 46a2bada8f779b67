"""The dataset of a customization, converted and checked at synth: a bad record stops the deploy before it costs."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deployment.config import ConfigError, DeploymentConfig
from deployment.dataset_collections import collection_of_files, collection_of_objects, local_files, named_by_content
from deployment.method_settings import log_source, method_settings
from deployment.sections.training import Customization
from kit_contract.dataset_collection import DatasetCollection
from kit_contract.dataset_limits import DatasetLimits
from kit_contract.errors import InputError
from kit_contract.run_names import data_prefix
from model_catalog import catalog
from training_data.checking.findings import SHOWN_FINDINGS
from training_data.checking.model_rules import model_rules
from training_data.checking.repeated_records import LEAKAGE_FIX, RecordIndex, leaks
from training_data.conversion.record_conversion import Target
from training_data.media.local import LocalMedia
from training_data.preparation import PreparedDataset, prepare_dataset

PREPARED = Path(__file__).resolve().parent.parent / ".local" / "datasets"


@dataclass(frozen=True)
class CustomizationDataset:
    """`folder` holds `file_name` and, if there is a validation set, `validation_file`; both named by their SHA-256.

    With a `collection` the collector makes the dataset at the deploy. `file_name` is empty for a dataset in S3;
    `media_folder` holds the images and videos of one on this machine.
    """

    folder: Path
    file_name: str
    records: int
    limits: DatasetLimits
    hyperparameters: dict[str, str]
    specification_hash: str
    validation_file: str = ""
    sha256: str = ""
    method_settings: str = ""
    uploads: Mapping[str, str] = field(default_factory=dict[str, str])
    collection: DatasetCollection | None = None
    media_folder: Path | None = None

    @property
    def takes_media(self) -> bool:
        """Whether the job may have to read images or videos in the bucket."""
        return bool(self.collection and (self.limits.image_formats or self.limits.video_formats))

    def validation_key(self, customization: str) -> str:
        """Empty where the collector makes the validation set: it says where that is."""
        known = self.validation_file and not self.collection
        return f"{data_prefix(customization)}{self.validation_file}" if known else ""


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
    hyperparameters = catalog.check_hyperparameters(item.base_model, item.hyperparameters, item.method)
    PREPARED.mkdir(parents=True, exist_ok=True)
    if item.dataset_objects:
        return _collected(name, item, customization.limits, hyperparameters)
    media = LocalMedia(PREPARED / f"{name}-media-{os.getpid()}", name, customization.limits, item.media)
    try:
        training, validation = _prepare_sets(name, item, customization.limits, media)
    except _SetError:
        media.discard()
        raise
    content = [item.base_model, item.method, hyperparameters, training.sha256]
    if validation:
        content.append(validation.sha256)
    settings = method_settings(item)
    if settings:
        content.append(settings)
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
        limits=customization.limits,
        hyperparameters=hyperparameters,
        specification_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        validation_file=validation_file,
        sha256=training.sha256,
        method_settings=settings,
        uploads={file_name: training.sha256} | ({validation_file: validation.sha256} if validation else {}),
        collection=collection_of_files(name, item, customization.limits, file_name, validation_file, media),
        media_folder=named_by_content(media, PREPARED / f"{name}-media"),
    )


def _collected(
    name: str, item: Customization, limits: DatasetLimits, hyperparameters: dict[str, str]
) -> CustomizationDataset:
    """A dataset in S3: nothing of it is known before the deploy."""
    if item.validation_dataset and limits.max_validation_records == 0:
        raise _SetError("validation_dataset", f"{item.base_model} takes no validation set; leave it out")
    collection = collection_of_objects(name, item, limits)
    settings = method_settings(item)
    content = [item.base_model, item.method, hyperparameters, collection.to_json(), *([settings] if settings else [])]
    return CustomizationDataset(
        folder=PREPARED,
        file_name="",
        records=0,
        limits=limits,
        hyperparameters=hyperparameters,
        specification_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        method_settings=settings,
        collection=collection,
    )


def _prepare_sets(
    name: str, item: Customization, limits: DatasetLimits, media: LocalMedia
) -> tuple[PreparedDataset, PreparedDataset | None]:
    """Training and validation set, if there is one. Raises _SetError where they share a record."""
    if item.distillation and item.distillation.invocation_logs:
        return log_source(item.distillation.invocation_logs, PREPARED / f"{name}-logs-{os.getpid()}.jsonl"), None
    if not item.validation_dataset:
        return _prepare_set(name, item, limits, media=media), None
    trained, validated = (RecordIndex(limits.max_records, across=True) for _ in range(2))
    training = _prepare_set(name, item, limits, index=trained, media=media)
    validation = _prepare_set(name, item, limits, training, index=validated, media=media)
    found = [
        f"{leak.validation}: is also in dataset ({leak.training}); {LEAKAGE_FIX}" for leak in leaks(trained, validated)
    ]
    if found:
        more = len(found) - SHOWN_FINDINGS
        rest = [f"and {more} more; fix these first"] if more > 0 else []
        raise _SetError("validation_dataset", "\n".join([*found[:SHOWN_FINDINGS], *rest]))
    return training, validation


def _prepare_set(
    name: str,
    item: Customization,
    limits: DatasetLimits,
    training: PreparedDataset | None = None,
    index: RecordIndex | None = None,
    media: LocalMedia | None = None,
) -> PreparedDataset:
    """The training set or, with the prepared `training`, the validation set: Bedrock counts both together."""
    key, least, most = "dataset", limits.min_records, limits.max_records
    if training and limits.max_validation_records == 0:
        raise _SetError("validation_dataset", f"{item.base_model} takes no validation set; leave it out")
    if training:
        key, least, most = "validation_dataset", 1, most - training.records
        if limits.max_validation_records is not None:
            most = min(limits.max_validation_records, most)
    try:
        return prepare_dataset(
            local_files(item.validation_dataset if training else item.dataset),
            model_rules(item.base_model, item.method, limits),
            min_records=least,
            max_records=most,
            target=Target(
                limits.record_format,
                system=item.system,
                unlabelled=item.unlabelled,
                columns=item.columns,
                header=item.header,
                encoding=item.encoding,
                uses=tuple(item.use),
            ),
            output=PREPARED / f"{name}-{key}-{os.getpid()}.jsonl",  # two deployments may be prepared at once
            index=index,
            media=media,
        )
    except InputError as error:
        raise _SetError(key, str(error)) from None
