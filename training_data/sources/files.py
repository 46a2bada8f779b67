"""Opens a file as people have it and reads it record by record, in bounded memory: (line, value, original text).

JSON in any of its forms, CSV, TSV, Parquet or a workbook, texts also gzipped; detected by content, then by name.
"""

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.errors import InputError
from training_data.sources.encodings import as_utf_8, is_utf_8
from training_data.sources.kinds import GZIP_MAGIC, packed_kind, text_kind
from training_data.sources.reading import AS_IT_IS, Reading

# A text of the largest training record, 32,000 tokens, has some 200 KB; what is larger is no record.
MAX_RECORD_BYTES = 4 * 1024 * 1024


class SourceError(InputError):
    """When a file or a record cannot be read: `file:line: fault; fix`, without a line where the file is meant.

    `ends` says that nothing after it could be read; `original` is the source's text, as far as it is known.
    """

    def __init__(self, file: Path, line: int, message: str, *, original: bytes = b"", ends: bool = False) -> None:
        self.place = f"{file.name}:{line}" if line else file.name
        super().__init__(f"{self.place}: {message}")
        self.line, self.message, self.original, self.ends = line, message, original, ends or not line


@dataclass(frozen=True)
class SourceRecord:
    """One value and the line, counted from 1, on which it begins (a Parquet file's row)."""

    line: int
    value: Any
    original: bytes = b""


@contextmanager
def opened(file: Path, reading: Reading = AS_IT_IS) -> Iterator[tuple[io.BufferedReader, str]]:
    """The file's bytes without gzip, text as UTF-8 without byte order mark, and what it holds by content or name.

    Raises SourceError, also at the end, when the file changed meanwhile.
    """
    before = file_state(file)
    try:
        with file.open("rb") as raw:
            stream = _unpacked(raw)
            kind = packed_kind(file, stream.peek(4))
            if kind is None:
                stream = as_utf_8(stream, reading.encoding if reading.encoding and not _holds_utf_8(file) else None)
                kind = text_kind(file, stream.peek(4096), reading)
            yield stream, kind
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(file, 0, f"is a broken or cut gzip file ({error}); write or download it again") from None
    except UnicodeError as error:
        fault = f"is not {reading.encoding or 'the UTF-16 or UTF-32 that its first bytes say'}"
        raise SourceError(file, 0, f"{fault} ({error}); save it as UTF-8") from None
    except OSError as error:
        raise SourceError(file, 0, f"cannot be read: {error.strerror or error}; check path and permissions") from None
    except ValueError as error:
        raise SourceError(file, 0, str(error)) from None
    require_unchanged(file, before)


def _holds_utf_8(file: Path) -> bool:
    """An encoding is said of several files; it must not spoil those among them that are UTF-8."""
    with file.open("rb") as raw:
        return is_utf_8(_unpacked(raw))


def require_unchanged(file: Path, before: tuple[int, ...]) -> None:
    """Raises SourceError when the file is another one, or was written to, since `file_state` gave `before`."""
    if file_state(file) != before:
        raise SourceError(file, 0, "changed while it was read; wait until it is written, then run again")


def file_state(file: Path) -> tuple[int, ...]:
    """What tells whether a file was changed. Raises SourceError for what is no file."""
    try:
        found = file.stat()
    except OSError as error:
        raise SourceError(file, 0, f"cannot be read ({error.strerror}); name an existing file") from None
    except ValueError:
        raise SourceError(file, 0, f"{str(file)!r} is not a path; name an existing file") from None
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a device or pipe"
        raise SourceError(file, 0, f"is {kind}; name a file")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _unpacked(raw: io.BufferedReader) -> io.BufferedReader:
    if not raw.peek(2).startswith(GZIP_MAGIC):
        return raw
    return io.BufferedReader(gzip.GzipFile(fileobj=raw), 1 << 20)


def lines_of(file: Path, stream: io.BufferedReader) -> Iterator[tuple[int, bytes] | SourceError]:
    """(number, line); a SourceError in place of a line above MAX_RECORD_BYTES, which is read past in pieces."""
    number = 0
    while line := stream.readline(MAX_RECORD_BYTES + 1):
        number += 1
        if len(line) <= MAX_RECORD_BYTES:
            yield number, line
            continue
        size = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(MAX_RECORD_BYTES)):
            size += len(line)
        limit = f"a record may have {MAX_RECORD_BYTES:,}; split it, or write one record a line"
        yield SourceError(file, number, f"is {size:,} bytes long, {limit}")
