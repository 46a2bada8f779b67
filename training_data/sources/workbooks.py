"""Reads the one sheet of an Excel workbook through python-calamine, an optional package that is imported on demand."""

import datetime
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training_data.sources.files import SourceError, SourceRecord
from training_data.sources.reading import Reading
from training_data.sources.table_rows import TableRows


def read(file: Path, reading: Reading) -> Iterator[SourceRecord | SourceError]:
    """A record a row, as in a table; a cell's number is its text, a date is written as in ISO 8601."""
    try:
        calamine = importlib.import_module("python_calamine")
    except ImportError:
        fix = ".venv/bin/uv pip install python-calamine, or save it as CSV UTF-8"
        raise SourceError(file, 0, f"is an Excel workbook, and python-calamine is not installed; {fix}") from None
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(file))
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        filled = [sheet for sheet in sheets if sheet.total_height]
        if len(filled) > 1:
            names = ", ".join(repr(sheet.name) for sheet in filled)
            raise SourceError(file, 0, f"holds {len(filled)} sheets ({names}); save the one to be used as a file")
        table = TableRows(file, reading)
        for sheet in filled:
            for line, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
                row = [_text(cell) for cell in cells]
                if (record := table.record(line, row, json.dumps(row, ensure_ascii=False).encode())) is not None:
                    yield record
    except (calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        reason = str(error).splitlines()[0][:200]
        raise SourceError(file, 0, f"is a broken or protected workbook ({reason}); save it again") from None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
