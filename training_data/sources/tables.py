"""Reads CSV and TSV: the first row names the keys, every other row is a record; a stray quote is named by its line."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from training_data.sources.files import MAX_RECORD_BYTES, SourceError, SourceRecord, lines_of
from training_data.sources.reading import Reading
from training_data.sources.separators import EXCELS_LINE, separator_of
from training_data.sources.table_rows import TableRows


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


def read(file: Path, stream: io.BufferedReader, kind: str, reading: Reading) -> Iterator[SourceRecord | SourceError]:
    """`kind` is csv or tsv. After a row with a fault the next line is taken for the beginning of a row."""
    csv.field_size_limit(MAX_RECORD_BYTES)
    head = stream.peek(1 << 13)
    named = EXCELS_LINE.match(head)
    separator = named[1].decode("latin-1") if named else separator_of(head.decode("utf-8", "replace"), kind, reading)
    lines = _Lines(file, stream)
    if named:
        next(lines)
    table = TableRows(file, reading, separator)
    rows = csv.reader(lines, delimiter=separator, strict=True)
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
            yield SourceError(file, begins, fault, original=lines.row, ends=not table.header)
            continue
        if (record := table.record(begins, row, lines.row)) is not None:
            yield record
