"""Reads CSV and TSV: the first row names the keys, every other row is a record; a stray quote is named by its line."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from training_data.sources.files import MAX_RECORD_BYTES, SourceError, SourceRecord, lines_of

SEPARATORS = {"csv": ",", "tsv": "\t"}


class _Lines:
    """The file's lines as text; `row` holds the lines of the current row. Bytes that are not UTF-8 are kept."""

    def __init__(self, file: Path, stream: io.BufferedReader) -> None:
        self._lines = lines_of(file, stream)
        self.number, self.row = 0, b""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        item = next(self._lines)
        if isinstance(item, SourceError):
            raise item
        self.number = item[0]
        self.row += item[1]
        return item[1].decode("utf-8", errors="surrogateescape")


def read(file: Path, stream: io.BufferedReader, kind: str) -> Iterator[SourceRecord | SourceError]:
    """`kind` is csv or tsv. After a row with a fault the next line is taken for the beginning of a row."""
    csv.field_size_limit(MAX_RECORD_BYTES)
    lines = _Lines(file, stream)
    rows = csv.reader(lines, delimiter=SEPARATORS[kind], strict=True)
    header: list[str] | None = None
    while True:
        lines.row, begins = b"", lines.number + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except SourceError as error:
            yield error
            continue
        except csv.Error as error:
            fault = f"is no {kind.upper()} row: {error} (up to line {lines.number}); close or double the quote"
            yield SourceError(file, begins, fault, original=lines.row, ends=header is None)
            continue
        if not any(field.strip() for field in row):
            continue
        if header is None:
            header = [field.strip().lower() for field in row]
            if wrong := _header_fault(header, lines.row):
                yield SourceError(file, begins, wrong, ends=True)
                return
        else:
            yield _record(file, begins, header, row, lines.row)


def _header_fault(header: list[str], original: bytes) -> str | None:
    if not _is_utf_8(original):
        return "is not UTF-8; save the file as UTF-8"
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or "" in header:
        return f"must name every column once in its first row, got {header}; rename {twice or 'the empty one'}"
    return None


def _record(file: Path, line: int, header: list[str], row: list[str], original: bytes) -> SourceRecord | SourceError:
    if not _is_utf_8(original):
        return SourceError(file, line, "is not UTF-8; save the file as UTF-8", original=original)
    if len(row) != len(header):
        fault = f"has {len(row)} fields, the header {len(header)}; quote fields that hold separators or quotes"
        return SourceError(file, line, fault, original=original)
    return SourceRecord(line, dict(zip(header, row, strict=True)), original)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
