"""Files as people have them -> one checked JSONL file in the base model's format, the same bytes on every machine."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training_data.checks import CHECKS, SHOWN_FINDINGS, check_records
from training_data.conversion import ConversionError, SourceRecord, read_conversations
from training_data.records import to_records


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
) -> PreparedDataset:
    """Convert and check `files`, write `output`. Raises DatasetError with every finding; nothing is written then."""
    faults: list[str] = []
    lines: list[bytes] = []
    shapes: Counter[tuple[Path, str]] = Counter()
    for file in files:
        for item in read_conversations(file, unlabelled=unlabelled, system=system):
            if isinstance(item, ConversionError):
                faults.append(str(item))
                continue
            shapes[file, item.shape] += 1
            lines += _checked(file, item, record_format, faults)
    if not faults and not min_records <= len(lines) <= max_records:
        names = ", ".join(file.name for file in files)
        faults.append(f"{names}: must give {min_records} to {max_records} records, got {len(lines)}")
    if faults:
        more = [f"and {len(faults) - SHOWN_FINDINGS} more"] if len(faults) > SHOWN_FINDINGS else []
        raise DatasetError("\n".join([*faults[:SHOWN_FINDINGS], *more]))
    content = b"".join(lines)
    output.write_bytes(content)
    sources = tuple((file, shape, count) for (file, shape), count in shapes.items())
    return PreparedDataset(output, hashlib.sha256(content).hexdigest(), len(lines), sources)


def _checked(file: Path, item: SourceRecord, record_format: str, faults: list[str]) -> list[bytes]:
    records = to_records(item.conversation, record_format)
    lines = [json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records]
    assert record_format in CHECKS
    report = check_records(lines, record_format=record_format, min_records=0, max_records=len(lines))
    faults += [f"{file.name}:{item.line}: {finding.message}" for finding in report.findings]
    return lines
