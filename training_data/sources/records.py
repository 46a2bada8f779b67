"""Every record of a file, whatever it is written in: the one entrance to the readers of each kind of file."""

from collections.abc import Iterator
from pathlib import Path

from training_data.sources import json_records, parquet, tables, workbooks
from training_data.sources.files import SourceError, SourceRecord, opened
from training_data.sources.kinds import PARQUET, TABLES, WORKBOOK
from training_data.sources.reading import AS_IT_IS, Reading


def read_records(file: Path, reading: Reading = AS_IT_IS) -> Iterator[SourceRecord | SourceError]:
    """Every record of `file`, a SourceError in place of each that is broken; where one `ends`, it is the last."""
    empty = True
    try:
        with opened(file, reading) as (stream, kind):
            if kind == PARQUET:
                records = parquet.read(file)
            elif kind == WORKBOOK:
                records = workbooks.read(file, reading)
            elif kind in TABLES:
                records = tables.read(file, stream, kind, reading)
            else:
                records = json_records.READERS[kind](file, stream)
            for record in records:
                empty = False
                yield record
    except SourceError as error:
        yield error
        return
    if empty:
        yield SourceError(file, 0, "is empty; put records into it, or take it out of dataset")
