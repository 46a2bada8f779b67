"""The files of a job, converted and checked by the rules of every other dataset, as objects of the customization.

What `kit data convert` would drop or change is a fault here, as for deployment.toml.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fine_tuning_api import objects
from fine_tuning_api.files import StoredFile
from fine_tuning_api.service import Service
from inference_api.errors import ApiError
from kit_contract.errors import InputError
from kit_contract.fine_tuning import JOBS_FOLDER
from kit_contract.run_names import data_prefix
from kit_contract.runs import RunSpecification
from training_data.checking.model_rules import model_rules
from training_data.checking.repeated_records import LEAKAGE_FIX, RecordIndex, leaks
from training_data.conversion.record_conversion import Target
from training_data.preparation import PreparedDataset, prepare_dataset
from training_data.record_texts import turns_in
from training_data.token_estimate import estimated_tokens

SHOWN = 20
SHOWN_NAME = 60  # a file system takes 255 bytes


class JobData(NamedTuple):
    """Keys of the objects. `validation_key` is empty without a file. `tokens`: of the training set, by estimate."""

    key: str
    validation_key: str
    records: int
    tokens: int


def prepare(
    service: Service, specification: RunSpecification, training: StoredFile, validation: StoredFile | None
) -> JobData:
    """Writes the objects of both. Raises ApiError 400 that names the lines at fault; nothing is written then."""
    with TemporaryDirectory() as folder:
        return _Preparation(service, specification, Path(folder)).run(training, validation)


class _Preparation:
    def __init__(self, service: Service, specification: RunSpecification, folder: Path) -> None:
        self._service, self._specification, self._folder = service, specification, folder
        self._limits = specification.limits

    def run(self, training: StoredFile, validation: StoredFile | None) -> JobData:
        if validation and self._limits.max_validation_records == 0:
            raise _refused("validation_file", f"{self._specification.base_model} takes no validation set")
        trained, validated = (RecordIndex(self._limits.max_records, across=True) for _ in range(2))
        most = self._limits.max_records
        data = self._prepared("training_file", training, self._limits.min_records, most, trained)
        prefix, validation_key = data_prefix(self._specification.customization), ""
        if validation:
            most = min(self._limits.max_validation_records or most, most - data.records)
            checked = self._prepared("validation_file", validation, 1, most, validated)
            self._refuse_leaks(trained, validated)
            validation_key = f"{prefix}validation/{checked.sha256[:16]}.jsonl"
            objects.write(self._service, validation_key, checked.path.read_bytes(), "application/jsonl")
        key = f"{prefix}{JOBS_FOLDER}/{data.sha256[:16]}.jsonl"
        content = data.path.read_bytes()
        objects.write(self._service, key, content, "application/jsonl")
        return JobData(key, validation_key, data.records, _tokens(content))

    def _prepared(self, param: str, file: StoredFile, least: int, most: int, index: RecordIndex) -> PreparedDataset:
        source = self._folder / param / file.name[-SHOWN_NAME:]
        source.parent.mkdir()
        source.write_bytes(objects.read(self._service, file.key))
        item = self._specification
        try:
            return prepare_dataset(
                [source],
                model_rules(item.base_model, item.method, self._limits),
                min_records=least,
                max_records=most,
                target=Target(self._limits.record_format),
                output=self._folder / f"{param}.jsonl",
                index=index,
            )
        except InputError as error:
            raise _refused(param, _first_lines(str(error).splitlines())) from None

    def _refuse_leaks(self, trained: RecordIndex, validated: RecordIndex) -> None:
        found = [f"{leak.validation} is also in training_file ({leak.training})" for leak in leaks(trained, validated)]
        if found:
            raise _refused("validation_file", f"{_first_lines(found)}; {LEAKAGE_FIX}")


def _tokens(content: bytes) -> int:
    return sum(estimated_tokens(text for _, text in turns_in(json.loads(line))) for line in content.splitlines())


def _first_lines(lines: Sequence[str]) -> str:
    more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return "; ".join(lines[:SHOWN]) + more


def _refused(param: str, message: str) -> ApiError:
    return ApiError(400, f"invalid_{param}", f"{param}: {message}", param=param)
