"""Reads Parquet row by row through pyarrow, an optional package that is imported only when a Parquet file comes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training_data.sources.files import SourceError, SourceRecord

ROWS_AT_ONCE = 256


def read(file: Path) -> Iterator[SourceRecord | SourceError]:
    """A record a row, its columns as keys; columns and fields without a value are left out."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        fix = ".venv/bin/uv pip install pyarrow, or save the file as JSON lines"
        raise SourceError(file, 0, f"is Parquet, and pyarrow is not installed; {fix}") from None
    try:
        with parquet.ParquetFile(file) as table:
            row = 0
            for batch in table.iter_batches(batch_size=ROWS_AT_ONCE):
                for value in batch.to_pylist():
                    row += 1
                    yield _record(file, row, _without_none(value))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0][:200]
        raise SourceError(file, 0, f"is a broken Parquet file ({reason}); write or download it again") from None


def _record(file: Path, row: int, value: Any) -> SourceRecord | SourceError:
    try:
        original = json.dumps(value, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        fault = "holds values that are neither text nor numbers (bytes, dates); write them as text"
        return SourceError(file, row, fault, original=repr(value).encode(errors="backslashreplace"))
    return SourceRecord(row, value, original)


def _without_none(value: Any) -> Any:
    """Parquet gives every struct every field; one without a value was not there in the source."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value
