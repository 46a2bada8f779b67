"""Every record of a file, whatever it is written in: the one entrance to the readers of each kind of file."""

from collections.abc import Iterator
from pathlib import Path

from training_data import source_json, source_parquet, source_tables
from training_data.source_files import PARQUET, ConversionError, SourceRecord, opened


def read_records(file: Path) -> Iterator[SourceRecord | ConversionError]:
    """Every record of `file`, a ConversionError in place of each that is broken; where one `ends`, it is the last."""
    empty = True
    try:
        with opened(file) as (stream, kind):
            if kind == PARQUET:
                records = source_parquet.read(file)
            elif kind == "array":
                records = source_json.read_array(file, stream)
            elif kind == "lines":
                records = source_json.read_lines(file, stream)
            else:
                records = source_tables.read(file, stream, kind)
            for record in records:
                empty = False
                yield record
    except ConversionError as error:
        yield error
        return
    if empty:
        yield ConversionError(file, 0, "is empty; put records into it, or take it out of dataset")
