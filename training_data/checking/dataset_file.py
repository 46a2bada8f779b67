"""Checks a dataset file on disk: large ones by ranges of bytes in several processes, each with bounded memory."""

import os
import pickle
import re
import stat
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from training_data.checking.dataset_checker import PIECE, DatasetChecker, head_findings
from training_data.checking.dataset_rules import DatasetRules
from training_data.checking.findings import CheckReport, Finding

PROJECT = Path(__file__).resolve().parents[2]
RANGE_BYTES = 32 << 20  # a process costs some 50 ms to start: smaller files are read by one
MAX_PROCESSES = 8
WORKER = [sys.executable, "-m", "training_data.checking.range_worker"]
# What S3Uri takes of a key (Bedrock API reference), and what Nova's guide takes of a dataset's name.
KEY_CHARACTERS = re.compile(r"[-!_*'().a-zA-Z0-9/]+")
NOVA_CHARACTERS = re.compile(r"[-_.a-zA-Z0-9/]+")


class DatasetFileError(Exception):
    """When a file cannot be checked at all: what it is, and what to do."""


@dataclass(frozen=True)
class FileRange:
    """The lines of `path` that begin at `start` or later and before `stop`."""

    path: str
    start: int
    stop: int
    rules: DatasetRules


def check_file(path: Path, rules: DatasetRules, *, processes: int | None = None) -> CheckReport:
    """The report on one file. Raises DatasetFileError where it cannot be read, or changes meanwhile."""
    identity = _identity(path)
    size = identity[2]
    report = CheckReport()
    not_json_lines = head_findings(_head(path))
    for finding in (*name_findings(path.name, rules), *size_findings(size, rules), *not_json_lines):
        report.add(finding.line, finding.rule, finding.message)
    if not_json_lines:
        return report
    count = min(processes or _usable_processors(), MAX_PROCESSES, max(1, size // RANGE_BYTES))
    edges = [size * part // count for part in range(count + 1)]
    ranges = [FileRange(str(path.absolute()), start, stop, rules) for start, stop in pairwise(edges)]
    lines = 0
    for part, part_lines in _check_ranges(ranges):
        report.append(part, lines)
        lines += part_lines
    if _identity(path) != identity:
        raise DatasetFileError(f"{path} changed while it was read; check it again once nothing writes to it")
    return report


def check_range(part: FileRange) -> tuple[CheckReport, int]:
    """The report on a range and how many lines it has."""
    checker = DatasetChecker(part.rules, head=False)
    try:
        with Path(part.path).open("rb", buffering=0) as file:
            _feed(file, part, checker)
    except OSError as error:
        raise DatasetFileError(f"{part.path} cannot be read: {error.strerror}") from None
    return checker.finish(), checker.lines


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(PIECE)
    except OSError as error:
        raise DatasetFileError(f"{path} cannot be read: {error.strerror}; let this user read it") from None


def _feed(file: BinaryIO, part: FileRange, checker: DatasetChecker) -> None:
    position = part.start
    if position:  # the line that the byte before belongs to is the range's before
        position = _next_line(file, position - 1)
    file.seek(position)
    while position < part.stop:
        piece = file.read(min(PIECE, part.stop - position))
        if not piece:
            return
        position += len(piece)
        checker.feed(piece)
        if position >= part.stop and not piece.endswith(b"\n"):
            _finish_line(file, checker)


def _next_line(file: BinaryIO, position: int) -> int:
    """Where the first line begins after `position`; the end of the file where there is none."""
    file.seek(position)
    while piece := file.read(PIECE):
        newline = piece.find(b"\n") + 1
        if newline:
            return position + newline
        position += len(piece)
    return position


def _finish_line(file: BinaryIO, checker: DatasetChecker) -> None:
    while piece := file.read(PIECE):
        newline = piece.find(b"\n") + 1
        checker.feed(piece[:newline] if newline else piece)
        if newline:
            return


def _check_ranges(ranges: Sequence[FileRange]) -> list[tuple[CheckReport, int]]:
    """The first range is read here, the others by processes of their own; none outlives this call."""
    with ExitStack() as stack:
        workers = []
        for part in ranges[1:]:
            worker = _started(part)
            stack.callback(worker.wait)
            stack.callback(worker.kill)
            workers.append(worker)
        return [check_range(ranges[0]), *(_result(worker) for worker in workers)]


def _started(part: FileRange) -> "subprocess.Popen[bytes]":
    try:
        worker = subprocess.Popen(
            WORKER,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches this process only, which ends them
        )
    except OSError as error:
        raise DatasetFileError(f"no process can be started for a part of the file: {error.strerror}") from None
    assert worker.stdin
    with suppress(BrokenPipeError), worker.stdin:  # one that died at once is reported by its exit code
        worker.stdin.write(pickle.dumps(part))
    return worker


def _result(worker: "subprocess.Popen[bytes]") -> tuple[CheckReport, int]:
    assert worker.stdout
    with worker.stdout:
        answer = worker.stdout.read()
    if worker.wait() != 0:
        raise DatasetFileError(f"a process that read a part ended with {worker.returncode}; see its message above")
    result: tuple[CheckReport, int] | DatasetFileError = pickle.loads(answer)
    if isinstance(result, DatasetFileError):
        raise result
    return result


def _identity(path: Path) -> tuple[int, int, int, int]:
    """Device, inode, size and time of change. Raises DatasetFileError for what is not a file."""
    try:
        found = path.stat()
    except OSError as error:
        raise DatasetFileError(f"{path} cannot be read: {error.strerror}; name an existing file") from None
    except ValueError:
        raise DatasetFileError(f"{str(path)!r} is not a path; name an existing file") from None
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a pipe or a device"
        raise DatasetFileError(f"{path} is {kind}; name a file")
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _usable_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def name_findings(name: str, rules: DatasetRules) -> list[Finding]:
    """What is wrong with the name of a file, or with the key of an object."""
    findings = []
    if not name.endswith(".jsonl"):
        findings.append(Finding(0, "file-name", f"the name must end with .jsonl, got {name[-60:]!r}; rename it"))
    allowed = NOVA_CHARACTERS if rules.strict_file_names else KEY_CHARACTERS
    if not allowed.fullmatch(name):
        characters = "letters, digits and _ - . /" if rules.strict_file_names else "letters, digits, / and -!_*'()."
        findings.append(Finding(0, "file-name", f"the name may have {characters} only, got {name[-60:]!r}; rename it"))
    return findings


def size_findings(size: int, rules: DatasetRules) -> list[Finding]:
    if rules.max_bytes is None or size <= rules.max_bytes:
        return []
    return [Finding(0, "file-size", f"may have {rules.max_bytes:,} bytes, got {size:,}; use fewer records")]
