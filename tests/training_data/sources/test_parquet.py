"""Parquet rows become records; without pyarrow, or with a broken file, the error says what to do."""

import builtins
import datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from training_data.conversion.record_conversion import Converted, Target, convert_file
from training_data.sources.files import SourceError


def converted(file: Path) -> list[Converted | SourceError]:
    return list(convert_file(file, Target("prompt-completion")))


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    file = folder / "mine.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows), file)
    return file


def test_rows_become_records_and_missing_values_are_left_out(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"prompt": "a", "response": "b", "system": None},
        {"prompt": "c", "response": "d", "system": "s"},
    ]

    items = converted(write(tmp_path, rows))

    assert [item.records for item in items if isinstance(item, Converted)] == [
        [{"prompt": "a", "completion": "b"}],
        [{"prompt": "s\n\nc", "completion": "d"}],
    ]


def test_chats_in_a_column_of_structs(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "q", "name": None}, {"role": "assistant", "content": "a", "name": "bot"}]

    (item,) = converted(write(tmp_path, [{"messages": turns}]))

    assert isinstance(item, Converted)
    assert item.changes == ("left out 'messages[1].name', which training would not see",)


def test_values_that_json_does_not_hold_are_named_by_row(tmp_path: Path) -> None:
    (found,) = converted(write(tmp_path, [{"prompt": "a", "response": "b", "day": datetime.date(2026, 1, 1)}]))

    assert str(found).startswith("mine.parquet:1: holds values that are neither text nor numbers")


def test_a_cut_file_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, [{"prompt": "a", "response": "b"}])
    file.write_bytes(file.read_bytes()[:-20])

    (found,) = converted(file)

    assert "is a broken Parquet file" in str(found)


def test_without_pyarrow_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_pyarrow(name: str, *rest: Any, **options: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **options)

    file = write(tmp_path, [{"prompt": "a", "response": "b"}])
    monkeypatch.setattr(builtins, "__import__", without_pyarrow)

    (found,) = converted(file)

    assert "pyarrow is not installed; .venv/bin/uv pip install pyarrow" in str(found)
