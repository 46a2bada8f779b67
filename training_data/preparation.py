"""Files as people have them -> one checked JSONL file in the base model's format, the same bytes on every machine."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training_data.checking.checks import SHOWN_FINDINGS, check_records
from training_data.conversion.conversion import Converted, Target, convert_file
from training_data.conversion.record_formats import to_line
from training_data.sources.files import ConversionError


class DatasetError(Exception):
    """When a dataset cannot be used: one `file:line: fault; fix` a line, the first 50."""


@dataclass(frozen=True)
class PreparedDataset:
    """`sources` says what each file held: (file, shape, number of records)."""

    path: Path
    sha256: str
    records: int
    sources: tuple[tuple[Path, str, int], ...]


def prepare_dataset(
    files: Sequence[Path],
    *,
    record_format: str,
    min_records: int,
    max_records: int,
    unlabelled: str = "refuse",
    system: str | None = None,
    output: Path,
    base_model: str = "",
) -> PreparedDataset:
    """Convert and check `files`, write `output`. Raises DatasetError with every finding; nothing is written then.

    Stricter than `kit data convert`: what that would drop or change with a report is a fault here.
    """
    target = Target(record_format, system, unlabelled)
    faults: list[str] = []
    lines: list[bytes] = []
    shapes: Counter[tuple[Path, str]] = Counter()
    for file in files:
        for item in convert_file(file, target):
            if isinstance(item, ConversionError):
                faults.append(str(item))
                continue
            faults += [f"{file.name}:{item.line}: {_unasked(change)}" for change in item.changes]
            converted = [to_line(record) for record in item.records]
            shapes[file, item.shape] += len(converted)
            faults += _faults(file, item, converted, record_format, base_model)
            lines += converted
    if not faults:
        faults += _count_faults(files, len(lines), min_records, max_records)
    if faults:
        raise DatasetError("\n".join(_shown(faults)))
    content = b"".join(lines)
    output.write_bytes(content)
    sources = tuple((file, shape, count) for (file, shape), count in shapes.items())
    return PreparedDataset(output, hashlib.sha256(content).hexdigest(), len(lines), sources)


def _unasked(change: str) -> str:
    return f"would be changed ({change}); mend the record, or use what kit data convert writes and reports"


def _faults(file: Path, item: Converted, lines: list[bytes], record_format: str, base_model: str) -> list[str]:
    report = check_records(
        lines, record_format=record_format, min_records=1, max_records=len(lines), base_model=base_model
    )
    return [f"{file.name}:{item.line}: {finding.message}" for finding in report.findings]


def _count_faults(files: Sequence[Path], records: int, min_records: int, max_records: int) -> list[str]:
    if min_records <= records <= max_records:
        return []
    names = ", ".join(file.name for file in files)
    fix = "add records" if records < min_records else "use fewer records"
    return [f"{names}: the base model takes {min_records} to {max_records} records, got {records}; {fix}"]


def _shown(faults: list[str]) -> list[str]:
    more = len(faults) - SHOWN_FINDINGS
    return [*faults[:SHOWN_FINDINGS], f"and {more} more; mend these first"] if more > 0 else faults
