"""A file of lines in ranges of bytes, read in pieces of whole lines: bounded memory, work for several processes."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeVar

from training_data.sources.files import MAX_RECORD_BYTES

PIECE = 1 << 18  # larger ones cost more in page faults than they save in calls
RANGE_BYTES = 16 << 20  # a smaller range is read before another process has started
Part = TypeVar("Part")
Result = TypeVar("Result")


def cut(file: Path, start: int, *, least: int = RANGE_BYTES, processes: int | None = None) -> list[tuple[int, int]]:
    """(start, stop) of ranges of whole lines, in order, at most one for each processor."""
    size = file.stat().st_size
    count = min(processes or _processors(), max(1, (size - start) // least))
    with file.open("rb") as stream:
        edges = [
            start,
            *(_line_after(stream, start + (size - start) * part // count) for part in range(1, count)),
            size,
        ]
    return [(first, stop) for first, stop in pairwise(edges) if first < stop]


def _line_after(stream: BinaryIO, position: int) -> int:
    """Where the first line begins that is not begun before `position`."""
    stream.seek(position - 1)
    while line := stream.readline(PIECE):
        if line.endswith(b"\n"):
            break
    return stream.tell()


def pieces(stream: BinaryIO, size: int | None = None) -> Iterator[bytes | int]:
    """Whole lines in pieces, from where `stream` stands, `size` bytes or to its end; the last one gets its newline.

    In place of a line above MAX_RECORD_BYTES its length.
    """
    rest, left = b"", sys.maxsize if size is None else size
    while left and (read := stream.read(min(PIECE, left))):
        left -= len(read)
        end = read.rfind(b"\n") + 1
        if end and len(rest) + (first := read.find(b"\n") + 1) > MAX_RECORD_BYTES + 1:
            yield len(rest) + first
            rest, read, end = b"", read[first:], end - first
        if end:
            yield rest + read[:end]
            rest = read[end:]
        else:
            rest += read
        if len(rest) > MAX_RECORD_BYTES:
            skipped = len(rest)
            while left and (line := stream.readline(min(PIECE, left))):
                left, skipped = left - len(line), skipped + len(line)
                if line.endswith(b"\n"):
                    break
            rest = b""
            yield skipped
    if rest:
        yield rest + b"\n"


def lines_before(file: Path, position: int) -> int:
    """How many lines end before `position`."""
    with file.open("rb") as stream:
        count = 0
        while position and (read := stream.read(min(1 << 20, position))):
            position -= len(read)
            count += read.count(b"\n")
        return count


def in_processes(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """`work` for each part, the first one in this process; an exception of any of them is raised here."""
    if len(parts) < 2:
        return [work(part) for part in parts]
    method = "fork" if sys.platform == "linux" else "spawn"  # a fork need not import anything anew
    with ProcessPoolExecutor(len(parts) - 1, mp_context=multiprocessing.get_context(method)) as pool:
        others = [pool.submit(work, part) for part in parts[1:]]
        return [work(parts[0]), *(other.result() for other in others)]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
