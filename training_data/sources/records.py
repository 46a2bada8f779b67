"""Every record of a file, whatever it is written in: the one entrance to the readers of each kind of file."""

from collections.abc import Iterator
from pathlib import Path

from training_data.sources import json_records, parquet, tables
from training_data.sources.files import PARQUET, SourceError, SourceRecord, opened


def read_records(file: Path) -> Iterator[SourceRecord | SourceError]:
    """Every record of `file`, a SourceError in place of each that is broken; where one `ends`, it is the last."""
    empty = True
    try:
        with opened(file) as (stream, kind):
            if kind == PARQUET:
                records = parquet.read(file)
            elif kind == "array":
                records = json_records.read_array(file, stream)
            elif kind == "lines":
                records = json_records.read_lines(file, stream)
            else:
                records = tables.read(file, stream, kind)
            for record in records:
                empty = False
                yield record
    except SourceError as error:
        yield error
        return
    if empty:
        yield SourceError(file, 0, "is empty; put records into it, or take it out of dataset")
