"""What a file holds, by its first bytes and then by its name. Pure."""

import json
import re
from pathlib import Path

from training_data.sources.reading import Reading
from training_data.sources.separators import known_names
from training_data.strict_json import STRICT

PARQUET, WORKBOOK = "parquet", "workbook"
TABLES, LINES, ARRAY, VALUES, WRAPPED = ("csv", "tsv"), "lines", "array", "values", "wrapped"
GZIP_MAGIC, PARQUET_MAGIC = b"\x1f\x8b", b"PAR1"
ZIP_MAGIC, OLE_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
# Names of the one list in an object that is a whole dataset: {"version": "1.1", "data": [...]}.
WRAPPERS = ("data", "train", "training", "records", "examples", "rows", "items", "samples", "dataset")
_SCALAR = r'"(?!prompt|question|input|instruction|text)[^"\\]*"\s*:\s*(?:"[^"\\]*"|[-+.\deE]+|true|false|null)\s*,\s*'
_WRAPPER = re.compile(rf'\{{\s*(?:{_SCALAR})*"(?:{"|".join(WRAPPERS)})"\s*:\s*\[')


def packed_kind(file: Path, head: bytes) -> str | None:
    """PARQUET or WORKBOOK, None for text. Raises ValueError for what no reader takes."""
    suffix = _suffix(file)
    if head.startswith(PARQUET_MAGIC):
        return PARQUET
    if head.startswith((ZIP_MAGIC, OLE_MAGIC)):
        if suffix in WORKBOOKS:
            return WORKBOOK
        raise ValueError("is a zip archive or an Office document; unpack it, or save it as CSV UTF-8 or .xlsx")
    if suffix in (*WORKBOOKS, ".parquet"):
        what = "Parquet file (it does not begin with PAR1)" if suffix == ".parquet" else "Excel workbook"
        raise ValueError(f"is no {what}; write or download it again")
    return None


def text_kind(file: Path, head: bytes, reading: Reading) -> str:
    """One of TABLES, LINES, ARRAY, VALUES, WRAPPED. Raises ValueError for text that is neither JSON nor a table."""
    suffix, text = _suffix(file), head.decode("utf-8", errors="replace").lstrip()
    if suffix[1:] in TABLES:
        return suffix[1:]
    if text.startswith("["):
        return ARRAY
    if text.startswith("{"):
        return _object_kind(text)
    first = text.splitlines()[0] if text else ""
    if not reading.header or len(known_names(first, reading)) > 1 or first.lower().startswith("sep="):
        return TABLES[0]
    if first and first[0] not in '"-0123456789ntfNI':
        shown = first[:60].encode("ascii", "backslashreplace").decode()
        fix = "name a table .csv or .tsv, or its columns with columns; write JSON as one object a line"
        raise ValueError(f"begins with {shown!r}, which is neither JSON nor a header with known names; {fix}")
    return LINES


def _suffix(file: Path) -> str:
    suffixes = [suffix.lower() for suffix in file.suffixes if suffix.lower() != ".gz"]
    return suffixes[-1] if suffixes else ""


def _object_kind(text: str) -> str:
    if _WRAPPER.match(text):
        return WRAPPED
    first, newline, rest = text.partition("\n")
    return VALUES if newline and _goes_on(first.rstrip(), rest) else LINES


def _goes_on(first: str, rest: str) -> bool:
    """Is the object that begins on the first line ended on a later one? A cut line is followed by a new object."""
    try:
        STRICT.raw_decode(first)
    except json.JSONDecodeError as error:
        at_its_end = error.pos >= len(first) - 1
        return at_its_end and (first.endswith(("{", "[", ",", ":")) or not rest.startswith(("{", "\n", "\r")))
    except (ValueError, RecursionError):
        return False
    return False
