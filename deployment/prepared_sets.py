"""The sets of records of a customization, converted and checked: training, validation, evaluation."""

import json
import os
from pathlib import Path

from deployment.dataset_collections import local_files
from deployment.method_settings import log_source
from deployment.sections.training import Customization, CustomModel
from kit_contract.dataset_limits import DatasetLimits
from kit_contract.errors import InputError
from kit_contract.places import PROJECT
from training_data.checking.model_rules import model_rules
from training_data.checking.repeated_records import LEAKAGE_FIX, RecordIndex, leaks
from training_data.conversion.record_conversion import Target
from training_data.faults_by_kind import FaultsByKind
from training_data.held_out import question_of
from training_data.media.local import LocalMedia
from training_data.preparation import PreparedDataset, prepare_dataset

# With fewer records, hardly any difference is more than chance.
LEAST_HELD_OUT, MOST_HELD_OUT = 10, 20_000
EVALUATION_FIX = "the model knows the answer; remove it from one of them, or make both with kit data split"
PREPARED = PROJECT / ".local" / "datasets"


class SetError(Exception):
    """When the training, validation or evaluation set cannot be used: `key` is that of deployment.toml."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def prepare_sets(
    name: str, item: Customization, limits: DatasetLimits, trained: RecordIndex, media: LocalMedia
) -> tuple[PreparedDataset, PreparedDataset | None]:
    """Training and validation set, if there is one. Raises SetError where they share a record."""
    if item.distillation and item.distillation.invocation_logs:
        return log_source(item.distillation.invocation_logs, PREPARED / f"{name}-logs-{os.getpid()}.jsonl"), None
    across = bool(item.validation_dataset or item.evaluation)
    training = _prepare_set(name, item, limits, index=trained if across else None, media=media)
    if not item.validation_dataset:
        return training, None
    validated = RecordIndex(limits.max_records, across=True)
    validation = _prepare_set(name, item, limits, training, index=validated, media=media)
    _require_held_out("validation_dataset", trained, validated, LEAKAGE_FIX)
    return training, validation


def _require_held_out(key: str, trained: RecordIndex, other: RecordIndex, fix: str) -> None:
    """Raises SetError where the set at `key` has a record that is trained on."""
    found = FaultsByKind()
    for leak in leaks(trained, other):
        found.add(leak.validation, f"is also in dataset ({leak.training}); {fix}")
    if found.count:
        raise SetError(key, "\n".join(found.lines()))


def prepare_held_out(
    name: str, item: CustomModel, limits: DatasetLimits, trained: RecordIndex
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
    media: LocalMedia | None = None,
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
            local_files(item.validation_dataset if training else item.dataset),
            model_rules(item.base_model, item.method, limits),
            min_records=least,
            max_records=most,
            target=_target(item, limits),
            output=PREPARED / f"{name}-{key}-{os.getpid()}.jsonl",  # two deployments may be prepared at once
            index=index,
            media=media,
        )
    except InputError as error:
        raise SetError(key, str(error)) from None


def _target(item: CustomModel, limits: DatasetLimits) -> Target:
    if not isinstance(item, Customization):  # nothing is trained on, so nothing says how to read other shapes
        return Target(limits.record_format)
    return Target(
        limits.record_format,
        system=item.system,
        unlabelled=item.unlabelled,
        columns=item.columns,
        header=item.header,
        encoding=item.encoding,
        uses=tuple(item.use),
    )
