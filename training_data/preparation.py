"""Files as people have them -> one checked JSONL file in the base model's format, the same bytes on every machine."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from kit_contract.errors import InputError
from training_data.atomic_output import atomic
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules
from training_data.checking.record_rules import check_line
from training_data.checking.repeated_records import RecordIndex
from training_data.conversion.record_conversion import Converted, Target, convert_file
from training_data.conversion.record_formats import to_line
from training_data.faults_by_kind import FaultsByKind
from training_data.media.references import Reference, references
from training_data.sources.files import SourceError

MEDIA_BATCH = 64  # records whose images are fetched at the same time


class MediaStore(Protocol):
    """Where images and videos go. `rewrite` gives a fault for each reference, empty for those that it moved."""

    def rewrite(self, file: Path, references: Sequence[Reference], /) -> list[str]: ...


class DatasetError(InputError):
    """When a dataset cannot be used: a `file:line: fault; fix` for each kind of fault, the first 50."""


@dataclass(frozen=True)
class PreparedDataset:
    """`sources` says what each file held: (file, shape, number of records)."""

    path: Path
    sha256: str
    records: int
    sources: tuple[tuple[Path, str, int], ...]


def prepare_dataset(
    files: Iterable[Path],
    rules: ModelRules,
    *,
    min_records: int,
    max_records: int,
    target: Target | None = None,
    output: Path,
    index: RecordIndex | None = None,
    media: MediaStore | None = None,
    taker: str = "the base model",
) -> PreparedDataset:
    """Convert and check `files`, write `output`. Raises DatasetError with the findings; nothing is written then.

    `target` says how the files are to be read where they do not say it. Stricter than `kit data convert`: what the
    command would drop or change with a report is a fault here. Memory does not grow with the files; reading ends with
    the first record above `max_records`. Each record is added to `index`. `media` moves the images and videos that
    records name, and refuses those that Bedrock does not take. `taker` is who takes so many, for messages.
    """
    target = target or Target(rules.limits.record_format)
    with atomic(output) as stream:
        preparation = _Preparation(rules, stream, max_records, index)
        for file in files:
            preparation.begin(file)
            for item, faults in _with_media(file, convert_file(file, target), media):
                preparation.add(file, item, faults)
                if preparation.records > max_records:
                    break
            if preparation.records > max_records:
                break
        preparation.finish(min_records, taker)
    sources = tuple((file, shape, count) for (file, shape), count in preparation.shapes.items())
    return PreparedDataset(output, preparation.digest.hexdigest(), preparation.records, sources)


def _with_media(
    file: Path, items: Iterator[Converted | SourceError], media: MediaStore | None
) -> Iterator[tuple[Converted | SourceError, list[str]]]:
    """Each item with what is wrong with its images and videos, which are moved for many records at once."""
    if media is None:
        yield from ((item, []) for item in items)
        return
    while batch := list(islice(items, MEDIA_BATCH)):
        found = [[] if isinstance(item, SourceError) else _references(item) for item in batch]
        faults = iter(media.rewrite(file, [reference for group in found for reference in group]))
        for item, group in zip(batch, found, strict=True):
            yield item, [fault for fault in (next(faults) for _ in group) if fault]


def _references(item: Converted) -> list[Reference]:
    return [reference for record in item.records for reference in references(record)]


class _Preparation:
    """The dataset so far. Records are written until the first fault."""

    def __init__(self, rules: ModelRules, stream: BinaryIO, max_records: int, index: RecordIndex | None) -> None:
        self._rules, self._stream, self._max_records, self._index = rules, stream, max_records, index
        self._faults = FaultsByKind()
        self.records = 0
        self.shapes: Counter[tuple[Path, str]] = Counter()
        self.digest = hashlib.sha256()
        self._names: list[str] = []

    def begin(self, file: Path) -> None:
        self._names.append(file.name)
        if self._index:
            self._index.begin(file.name)

    def add(self, file: Path, item: Converted | SourceError, media_faults: Sequence[str] = ()) -> None:
        if isinstance(item, SourceError):
            self._faults.add(item.place, item.message)
            return
        lines = [to_line(record) for record in item.records]
        self.shapes[file, item.shape] += len(lines)
        self.records += len(lines)
        for fault in media_faults or self._faults_of(item, lines):
            self._faults.add(f"{file.name}:{item.line}", fault)
        for line in lines if not self._faults.count else ():
            self._stream.write(line)
            self.digest.update(line)

    def finish(self, min_records: int, taker: str) -> None:
        """Raises DatasetError if there was a fault, or if the records are too few or too many."""
        too_many = self.records > self._max_records
        if too_many or (self.records < min_records and not self._faults.count):
            names = ", ".join(self._names)
            got = f"{self._max_records + 1} or more; use fewer records" if too_many else f"{self.records}; add records"
            self._faults.add(names, f"{taker} takes {min_records} to {self._max_records} records, got {got}")
        if self._faults.count:
            raise DatasetError("\n".join(self._faults.lines()))

    def _faults_of(self, item: Converted, lines: list[bytes]) -> Iterator[str]:
        for change in item.changes:
            yield f"would be changed ({change}); correct the record, or use what kit data convert writes and reports"
        report = CheckReport()
        for line in lines:
            check_line(line.removesuffix(b"\n"), item.line, self._rules, report, self._index)
        for finding in report.findings:
            yield finding.message
