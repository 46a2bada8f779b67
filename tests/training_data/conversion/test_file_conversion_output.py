"""Files to files: nothing half written, nothing written where it should not be."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tests.training_data.conversion.file_conversion import GOOD, PROGRAM, convert, left_behind
from training_data.atomic_output import OutputError
from training_data.conversion.file_conversion import convert_dataset
from training_data.conversion.record_conversion import Converted, Target, convert_file
from training_data.sources.files import SourceError


def test_a_file_that_changes_while_it_is_read_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def convert_while_another_writes(file: Path, target: Target) -> Iterator[Converted | SourceError]:
        for item in convert_file(file, target):
            with file.open("a") as stream:
                stream.write(" ")
            yield item

    monkeypatch.setattr("training_data.conversion.file_conversion.convert_file", convert_while_another_writes)

    with pytest.raises(SourceError, match="changed while it was read"):
        convert(tmp_path, GOOD)

    assert left_behind(tmp_path) == []


def test_no_space_on_the_disk_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("training_data.conversion.file_conversion.convert_file", full)

    with pytest.raises(OutputError, match="no space is left on the disk"):
        convert(tmp_path, GOOD)

    assert left_behind(tmp_path) == []


def test_an_output_that_the_system_cuts_short_is_not_left_behind(tmp_path: Path) -> None:
    """In a process of its own, no file of which may have more than 100 KB."""
    file = tmp_path / "mine.jsonl"
    file.write_text(GOOD * 20_000)
    program = f"try:\n{indent(PROGRAM, ' ')}\nexcept OutputError as error: print(error)"

    done = subprocess.run(
        [sys.executable, "-c", program, str(file), str(tmp_path / "out.jsonl")],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"{tmp_path / 'out.jsonl'} cannot be written: File too large; check path and permissions\n"
    assert left_behind(tmp_path) == []


def test_an_output_that_is_no_file_stays_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    source = tmp_path / "mine.jsonl"
    source.write_text(GOOD)

    for output, message in ((pipe, "is a device or pipe"), (tmp_path / ("x" * 300), "File name too long")):
        with pytest.raises(OutputError, match=message):
            convert_dataset(source, Target("converse"), output=output, force=True)

    assert pipe.is_fifo()


def test_records_and_report_cannot_be_one_file(tmp_path: Path) -> None:
    source, output = tmp_path / "mine.jsonl", tmp_path / "out.jsonl"
    source.write_text(GOOD)

    with pytest.raises(OutputError, match="is named twice"):
        convert_dataset(source, Target("converse"), output=output, report_file=tmp_path / "." / "out.jsonl")

    assert not output.exists()
