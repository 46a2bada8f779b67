"""Opens a file as people have it and reads it record by record, in bounded memory: (line, value, original text).

JSON lines, a JSON array, CSV, TSV or Parquet, each but Parquet also gzipped; detected by content, then by name.
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

# A text of the largest training record, 32,000 tokens, has some 200 KB; what is larger is no record.
MAX_RECORD_BYTES = 4 * 1024 * 1024
GZIP_MAGIC, PARQUET_MAGIC = b"\x1f\x8b", b"PAR1"
UTF_8_MARK = b"\xef\xbb\xbf"
OTHER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
PARQUET = "parquet"


class SourceError(InputError):
    """When a file or a record cannot be read: `file:line: fault; fix`, without a line where the file is meant.

    `ends` says that nothing after it could be read; `original` is the source's text, as far as it is known.
    """

    def __init__(self, file: Path, line: int, message: str, *, original: bytes = b"", ends: bool = False) -> None:
        super().__init__(f"{file.name}:{line}: {message}" if line else f"{file.name}: {message}")
        self.line, self.message, self.original, self.ends = line, message, original, ends or not line


@dataclass(frozen=True)
class SourceRecord:
    """One value and the line, counted from 1, on which it begins (a Parquet file's row)."""

    line: int
    value: Any
    original: bytes = b""


@contextmanager
def opened(file: Path) -> Iterator[tuple[io.BufferedReader, str]]:
    """The file's bytes without gzip and byte order mark, and what it holds by content or name.

    Raises SourceError, also at the end, when the file changed meanwhile.
    """
    before = file_state(file)
    try:
        with file.open("rb") as raw:
            stream = _unpacked(raw)
            yield stream, _kind(file, stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(file, 0, f"is a broken or cut gzip file ({error}); write or download it again") from None
    except OSError as error:
        raise SourceError(file, 0, f"cannot be read: {error.strerror or error}; check path and permissions") from None
    require_unchanged(file, before)


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


def _kind(file: Path, stream: io.BufferedReader) -> str:
    """One of parquet, csv, tsv, array, lines; a byte order mark is read away. Raises SourceError."""
    head = stream.peek(4096)
    if head.startswith(PARQUET_MAGIC):
        return PARQUET
    mark = next((name for mark, name in OTHER_MARKS.items() if head.startswith(mark)), None)
    if mark:
        raise SourceError(file, 0, f"is {mark}; save it as UTF-8 (iconv -f {mark} -t UTF-8)")
    if head.startswith(UTF_8_MARK):
        stream.read(len(UTF_8_MARK))
        head = head[len(UTF_8_MARK) :]
    suffixes = [suffix.lower() for suffix in file.suffixes if suffix.lower() != ".gz"]
    if suffixes and suffixes[-1] in (".csv", ".tsv"):
        return suffixes[-1][1:]
    if suffixes and suffixes[-1] == ".parquet":
        raise SourceError(file, 0, "is no Parquet file (it does not begin with PAR1); write or download it again")
    return "array" if head.lstrip().startswith(b"[") else "lines"


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
