"""The dataset of a customization, converted and checked at synth: a bad record stops the deploy before it costs."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from deployment.config import ConfigError, DeploymentConfig
from deployment.method_settings import log_source, method_settings
from deployment.sections.training import Customization
from kit_contract import run_names
from kit_contract.dataset_limits import DatasetLimits
from kit_contract.errors import InputError
from kit_contract.run_names import data_prefix
from model_catalog import catalog
from training_data.checking.findings import SHOWN_FINDINGS
from training_data.checking.model_rules import model_rules
from training_data.checking.repeated_records import LEAKAGE_FIX, RecordIndex, leaks
from training_data.conversion.record_conversion import Target
from training_data.held_out import question_of
from training_data.preparation import PreparedDataset, prepare_dataset

# With fewer records, hardly any difference is more than chance.
LEAST_HELD_OUT, MOST_HELD_OUT = 10, 20_000
EVALUATION_FIX = "the model knows the answer; remove it from one of them, or make both with kit data split"
PREPARED = Path(__file__).resolve().parent.parent / ".local" / "datasets"


@dataclass(frozen=True)
class CustomizationDataset:
    """`folder` holds `file_name` and, if there are such sets, `validation_file` and `evaluation_file`, each named by
    its SHA-256.
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

    def validation_key(self, customization: str) -> str:
        return self.validation_file and f"{data_prefix(customization)}{self.validation_file}"


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
    if faults:
        raise ConfigError(faults)
    return datasets


class SetError(Exception):
    """When the training, validation or evaluation set cannot be used: `key` is that of deployment.toml."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def _prepare(name: str, item: Customization, region: str) -> CustomizationDataset:
    customization = catalog.customizable(item.base_model, region, item.method)
    hyperparameters = catalog.check_hyperparameters(item.base_model, item.hyperparameters, item.method)
    PREPARED.mkdir(parents=True, exist_ok=True)
    trained = RecordIndex(customization.limits.max_records, across=True)
    training, validation = _prepare_sets(name, item, customization.limits, trained)
    held_out = _prepare_held_out(name, item, customization.limits, trained)
    content = [item.base_model, item.method, hyperparameters, training.sha256]
    if validation:
        content.append(validation.sha256)
    settings = method_settings(item)
    if settings:
        content.append(settings)
    file_name = f"{training.sha256[:16]}.jsonl"
    validation_file = f"validation/{validation.sha256[:16]}.jsonl" if validation else ""
    evaluation_file = run_names.evaluation_file(held_out.sha256) if held_out else ""
    parts = [validation.sha256[:16]] if validation else []
    parts += [f"evaluation-{held_out.sha256[:16]}"] if held_out else []
    folder = PREPARED / "-".join([name, training.sha256[:16], *parts])
    folder.mkdir(exist_ok=True)
    training.path.replace(folder / file_name)
    if validation:
        (folder / "validation").mkdir(exist_ok=True)
        validation.path.replace(folder / validation_file)
    if held_out:
        (folder / evaluation_file).parent.mkdir(exist_ok=True)
        held_out.path.replace(folder / evaluation_file)
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
    )


def _prepare_sets(
    name: str, item: Customization, limits: DatasetLimits, trained: RecordIndex
) -> tuple[PreparedDataset, PreparedDataset | None]:
    """Training and validation set, if there is one. Raises SetError where they share a record."""
    if item.distillation and item.distillation.invocation_logs:
        return log_source(item.distillation.invocation_logs, PREPARED / f"{name}-logs-{os.getpid()}.jsonl"), None
    across = bool(item.validation_dataset or item.evaluation)
    training = _prepare_set(name, item, limits, index=trained if across else None)
    if not item.validation_dataset:
        return training, None
    validated = RecordIndex(limits.max_records, across=True)
    validation = _prepare_set(name, item, limits, training, index=validated)
    _require_held_out("validation_dataset", trained, validated, LEAKAGE_FIX)
    return training, validation


def _require_held_out(key: str, trained: RecordIndex, other: RecordIndex, fix: str) -> None:
    """Raises SetError where the set at `key` has a record that is trained on."""
    found = [f"{leak.validation}: is also in dataset ({leak.training}); {fix}" for leak in leaks(trained, other)]
    if found:
        more = len(found) - SHOWN_FINDINGS
        rest = [f"and {more} more; fix these first"] if more > 0 else []
        raise SetError(key, "\n".join([*found[:SHOWN_FINDINGS], *rest]))


def _prepare_held_out(
    name: str, item: Customization, limits: DatasetLimits, trained: RecordIndex
) -> PreparedDataset | None:
    """The records of the evaluation, which Bedrock does not count. Raises SetError."""
    if item.evaluation is None:
        return None
    index = RecordIndex(MOST_HELD_OUT, across=True)
    rules = model_rules(item.base_model, item.method, limits)
    output = PREPARED / f"{name}-evaluation-{os.getpid()}.jsonl"
    try:
        held_out = prepare_dataset(
            item.evaluation.dataset,
            rules,
            min_records=LEAST_HELD_OUT,
            max_records=MOST_HELD_OUT,
            target=_target(item, limits),
            output=output,
            index=index,
            taker="an evaluation",
        )
    except InputError as error:
        raise SetError("evaluation.dataset", str(error)) from None
    _require_held_out("evaluation.dataset", trained, index, EVALUATION_FIX)
    _require_questions(held_out.path)
    return held_out


def _require_questions(file: Path) -> None:
    """Raises SetError for the first record that cannot be asked: with images, or without an answer."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                question_of(number, json.loads(line))
            except ValueError as error:
                fix = "an evaluation asks text and compares text; leave the record out"
                raise SetError("evaluation.dataset", f"record {number}: {error}; {fix}") from None


def _prepare_set(
    name: str,
    item: Customization,
    limits: DatasetLimits,
    training: PreparedDataset | None = None,
    index: RecordIndex | None = None,
) -> PreparedDataset:
    """The training set or, with the prepared `training`, the validation set: Bedrock counts both together."""
    key, least, most = "dataset", limits.min_records, limits.max_records
    if training and limits.max_validation_records == 0:
        raise SetError("validation_dataset", f"{item.base_model} takes no validation set; leave it out")
    if training:
        key, least, most = "validation_dataset", 1, most - training.records
        if limits.max_validation_records is not None:
            most = min(limits.max_validation_records, most)
    try:
        return prepare_dataset(
            item.validation_dataset if training else item.dataset,
            model_rules(item.base_model, item.method, limits),
            min_records=least,
            max_records=most,
            target=_target(item, limits),
            output=PREPARED / f"{name}-{key}-{os.getpid()}.jsonl",  # two deployments may be prepared at once
            index=index,
        )
    except InputError as error:
        raise SetError(key, str(error)) from None


def _target(item: Customization, limits: DatasetLimits) -> Target:
    return Target(
        limits.record_format,
        system=item.system,
        unlabelled=item.unlabelled,
        columns=item.columns,
        header=item.header,
        encoding=item.encoding,
        uses=tuple(item.use),
    )
