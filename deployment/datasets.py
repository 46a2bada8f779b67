"""The dataset of a customization, converted and checked at synth: a bad record stops the deploy before it costs."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deployment import prepared_sets
from deployment.config import ConfigError, DeploymentConfig
from deployment.dataset_collections import collection_of_files, collection_of_objects, named_by_content
from deployment.external_models import record_limits
from deployment.method_settings import method_settings
from deployment.prepared_sets import SetError, prepare_held_out, prepare_sets
from deployment.sections.imported_model import ImportedModel
from deployment.sections.training import Customization, External
from kit_contract import run_names
from kit_contract.dataset_collection import BUCKET_PLACEHOLDER, DatasetCollection
from kit_contract.dataset_limits import DatasetLimits
from kit_contract.external_models import source_record, source_sha256
from kit_contract.model_source import ModelSource
from kit_contract.run_names import data_prefix
from model_catalog import catalog
from model_catalog.import_architectures import servable, without_converse
from training_data.checking.repeated_records import RecordIndex
from training_data.media.local import LocalMedia
from training_data.preparation import PreparedDataset


@dataclass(frozen=True)
class CustomizationDataset:
    """`folder` holds `file_name` and, if there are such sets, `validation_file` and `evaluation_file`, each named by
    its SHA-256. `uploads` has the SHA-256 of the first two.

    A `model_source` has files instead of records, which are looked at when it is deployed.
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
    evaluation_file: str = ""
    evaluation_records: int = 0
    sha256: str = ""
    method_settings: str = ""
    uploads: Mapping[str, str] = field(default_factory=dict[str, str])
    collection: DatasetCollection | None = None
    media_folder: Path | None = None
    model_source: ModelSource | None = None

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
        except SetError as error:
            where = f"training.customizations.{name}.{error.key}"
            faults += [f"{where}: {line}" for line in str(error).splitlines()]
    for name, external in config.external_models.items():
        try:
            datasets[name] = _prepare_external(name, external)
        except SetError as error:
            faults += [f"{config.section_of(name)}.{error.key}: {line}" for line in str(error).splitlines()]
    if faults:
        raise ConfigError([config.placed(fault) for fault in faults])
    return datasets


def evaluation_folder(datasets: Mapping[str, CustomizationDataset]) -> Path | None:
    """A folder with the evaluation sets of all customizations, `<customization>/<evaluation_file>`; None without any.

    One upload for all: a policy cannot name the files of any number of customizations.
    """
    sets = {f"{name}/{item.evaluation_file}": item for name, item in datasets.items() if item.evaluation_file}
    if not sets:
        return None
    folder = (
        prepared_sets.PREPARED / f"evaluations-{hashlib.sha256(json.dumps(sorted(sets)).encode()).hexdigest()[:16]}"
    )
    for place, item in sets.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.folder / item.evaluation_file, folder / place)
    return folder


def _prepare(name: str, item: Customization, region: str) -> CustomizationDataset:
    customization = catalog.customizable(item.base_model, region, item.method)
    hyperparameters = catalog.check_hyperparameters(item.base_model, item.hyperparameters, item.method)
    prepared_sets.PREPARED.mkdir(parents=True, exist_ok=True)
    if item.dataset_objects:
        return _collected(name, item, customization.limits, hyperparameters)
    trained = RecordIndex(customization.limits.max_records, across=True)
    media = LocalMedia(prepared_sets.PREPARED / f"{name}-media-{os.getpid()}", name, customization.limits, item.media)
    try:
        training, validation = prepare_sets(name, item, customization.limits, trained, media)
        held_out = prepare_held_out(name, item, customization.limits, trained)
    except SetError:
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
    parts = [validation.sha256[:16]] if validation else []
    parts += [f"evaluation-{held_out.sha256[:16]}"] if held_out else []
    folder = prepared_sets.PREPARED / "-".join([name, training.sha256[:16], *parts])
    folder.mkdir(exist_ok=True)
    training.path.replace(folder / file_name)
    if validation:
        (folder / "validation").mkdir(exist_ok=True)
        validation.path.replace(folder / validation_file)
    evaluation_file = _put_held_out(held_out, folder)
    return CustomizationDataset(
        folder=folder,
        file_name=file_name,
        records=training.records,
        limits=customization.limits,
        hyperparameters=hyperparameters,
        specification_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        validation_file=validation_file,
        evaluation_file=evaluation_file,
        evaluation_records=held_out.records if held_out else 0,
        sha256=training.sha256,
        method_settings=settings,
        uploads={file_name: training.sha256} | ({validation_file: validation.sha256} if validation else {}),
        collection=collection_of_files(name, item, customization.limits, file_name, validation_file, media),
        media_folder=named_by_content(media, prepared_sets.PREPARED / f"{name}-media"),
    )


def _prepare_external(name: str, item: External) -> CustomizationDataset:
    """What starts its run is one line that names the source; records are needed for an evaluation only."""
    prepared_sets.PREPARED.mkdir(parents=True, exist_ok=True)
    limits = record_limits(item.base_model)
    held_out = prepare_held_out(name, item, limits, RecordIndex(0, across=True))
    if isinstance(item, ImportedModel):
        return _imported(name, item, limits, held_out)
    record, sha256 = source_record(item.method, item.source), source_sha256(item.method, item.source)
    parts = [f"evaluation-{held_out.sha256[:16]}"] if held_out else []
    folder, file_name = prepared_sets.PREPARED / "-".join([name, sha256[:16], *parts]), f"{sha256[:16]}.jsonl"
    folder.mkdir(exist_ok=True)
    (folder / file_name).write_bytes(record)
    return CustomizationDataset(
        folder=folder,
        file_name=file_name,
        records=0,
        limits=limits,
        hyperparameters={},
        specification_hash=hashlib.sha256(json.dumps([item.base_model, item.method, sha256]).encode()).hexdigest(),
        evaluation_file=_put_held_out(held_out, folder),
        evaluation_records=held_out.records if held_out else 0,
        sha256=sha256,
        uploads={file_name: sha256},
    )


def _imported(
    name: str, item: ImportedModel, limits: DatasetLimits, held_out: PreparedDataset | None
) -> CustomizationDataset:
    """Nothing of the files is known before the deploy, which names them in an object: that starts the run."""
    folder = (
        prepared_sets.PREPARED / f"{name}-evaluation-{held_out.sha256[:16]}" if held_out else prepared_sets.PREPARED
    )
    return CustomizationDataset(
        folder=folder,
        file_name="",
        records=0,
        limits=limits,
        hyperparameters={},
        specification_hash=source_sha256(item.method, item.source),
        evaluation_file=_put_held_out(held_out, folder),
        evaluation_records=held_out.records if held_out else 0,
        model_source=ModelSource(
            customization=name,
            bucket=BUCKET_PLACEHOLDER,
            s3_uri=item.s3_uri,
            architectures=servable(),
            without_converse=tuple(without_converse()),
            owner=item.bucket_owner or "",
        ),
    )


def _collected(
    name: str, item: Customization, limits: DatasetLimits, hyperparameters: dict[str, str]
) -> CustomizationDataset:
    """A dataset in S3: nothing of it is known before the deploy. The workflow looks for held-out records in it."""
    if item.validation_dataset and limits.max_validation_records == 0:
        raise SetError("validation_dataset", f"{item.base_model} takes no validation set; leave it out")
    collection = collection_of_objects(name, item, limits)
    settings = method_settings(item)
    content = [item.base_model, item.method, hyperparameters, collection.to_json(), *([settings] if settings else [])]
    held_out = prepare_held_out(name, item, limits, RecordIndex(0, across=True))
    folder = (
        prepared_sets.PREPARED / f"{name}-evaluation-{held_out.sha256[:16]}" if held_out else prepared_sets.PREPARED
    )
    evaluation_file = _put_held_out(held_out, folder)
    return CustomizationDataset(
        folder=folder,
        file_name="",
        records=0,
        limits=limits,
        hyperparameters=hyperparameters,
        specification_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
        evaluation_file=evaluation_file,
        evaluation_records=held_out.records if held_out else 0,
        method_settings=settings,
        collection=collection,
    )


def _put_held_out(held_out: PreparedDataset | None, folder: Path) -> str:
    """The place in `folder`, or an empty text."""
    if held_out is None:
        return ""
    file = run_names.evaluation_file(held_out.sha256)
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    held_out.path.replace(folder / file)
    return file
