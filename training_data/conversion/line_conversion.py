"""Converts JSON lines in pieces and processes: fast where the fast path understands a line, explaining otherwise."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from training_data.checking.byte_ranges import cut, in_processes, lines_before, pieces
from training_data.conversion.conversion import Target, convert_record
from training_data.conversion.record_formats import to_line
from training_data.conversion.report import ConversionReport
from training_data.sources.files import ConversionError, too_large
from training_data.sources.json_records import line_record


@dataclass(frozen=True)
class Job:
    """The lines of one range of `file`; records go to `output`, what was dropped or changed to `report`, if any."""

    file: Path
    target: Target
    start: int
    stop: int
    output: Path
    report: Path | None

    @cached_property
    def lines_before(self) -> int:
        """Counted when the first line is to be named: most files need none."""
        return lines_before(self.file, self.start)


def convert_ranges(
    file: Path, target: Target, start: int, output: BinaryIO, report: ConversionReport, processes: int | None = None
) -> None:
    """Convert the lines from `start` on, in several processes where the file is large; the order is kept.

    The first range is written to `output` itself, the others beside it and then appended.
    """
    stream = report.stream
    jobs = [
        Job(file, target, first, stop, _beside(output, part), _beside(stream, part) if stream else None)
        for part, (first, stop) in enumerate(cut(file, start, processes=processes))
    ]
    try:
        for part in in_processes(_convert_range, jobs):
            report.append(part)
        for job in jobs[1:]:
            _append(job.output, output)
            if stream and job.report:
                _append(job.report, stream)
    finally:
        for job in jobs[1:]:
            job.output.unlink(missing_ok=True)
            if job.report:
                job.report.unlink(missing_ok=True)


def _beside(stream: BinaryIO, part: int) -> Path:
    return Path(f"{stream.name}.{part}" if part else stream.name)


def _append(source: Path, output: BinaryIO) -> None:
    with source.open("rb") as stream:
        output.seek(0, os.SEEK_END)
        shutil.copyfileobj(stream, output, 1 << 18)


def _convert_range(job: Job) -> ConversionReport:
    with ExitStack() as stack:
        source = stack.enter_context(job.file.open("rb"))
        output = stack.enter_context(job.output.open("wb", buffering=1 << 16))
        report = ConversionReport(stack.enter_context(job.report.open("wb")) if job.report else None)
        source.seek(job.start)
        lines = _Lines(job, report)
        for piece in pieces(source, job.stop - job.start):
            if isinstance(piece, int):
                lines.too_large(piece)
            else:
                output.write(lines.convert(piece))
    report.add_fast(lines.fast)
    report.stream = None
    return report


class _Lines:
    """Whole lines to records; `fast` counts those of the fast path."""

    def __init__(self, job: Job, report: ConversionReport) -> None:
        self._job, self._report = job, report
        self._number = 0
        self.fast = 0
        chats = _fast_chats() if job.target.takes_plain_chats else None
        self._convert = chats(self._explain) if chats else None

    def convert(self, piece: bytes) -> bytes:
        if self._convert is None:
            lines = piece.split(b"\n")[:-1]
            made = b"".join([self._explain(index, line) for index, line in enumerate(lines)])
            self._number += len(lines)
            return made
        made, lines_read, fast = self._convert(piece)
        self._number += lines_read
        self.fast += fast
        return made

    def too_large(self, size: int) -> None:
        self._number += 1
        error = ConversionError(self._job.file, self._job.lines_before + self._number, too_large(size))
        self._report.add_dropped(self._job.file.name, error)

    def _explain(self, index: int, line: bytes) -> bytes:
        """The records of the line with this index in its piece."""
        if not line.strip():
            return b""
        number = self._job.lines_before + self._number + index + 1
        source = line_record(self._job.file, number, line)
        item = (
            source if isinstance(source, ConversionError) else convert_record(self._job.file, source, self._job.target)
        )
        if isinstance(item, ConversionError):
            self._report.add_dropped(self._job.file.name, item)
            return b""
        self._report.add_converted(self._job.file.name, item)
        return b"".join([to_line(record) for record in item.records])


def _fast_chats() -> "Callable[[Callable[[int, bytes], bytes]], Callable[[bytes], tuple[bytes, int, int]]] | None":
    """None where msgspec or hyperscan is not installed: everything is explained then, with the same result."""
    try:
        from training_data.conversion.fast_chats import chat_converter
    except ImportError:
        return None
    return chat_converter
