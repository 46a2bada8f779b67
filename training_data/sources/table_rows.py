"""Rows of CSV, TSV or a workbook as records: what a header must hold, and how many fields a row."""

from collections.abc import Sequence
from pathlib import Path

from kit_contract.counted import counted
from training_data.sources.files import SourceError, SourceRecord
from training_data.sources.reading import Reading

# Excel's "CSV" is in the code page of Windows, which is this one in Western Europe and America.
EXCELS_ENCODING = "windows-1252"
HOW = "--columns prompt=NAME,response=NAME names yours (deployment.toml: columns)"
NO_HEADER = "--no-header (header = false) says that the first row is a record"


class TableRows:
    """`header` is empty until the first row that is not blank was given to `record`."""

    def __init__(self, file: Path, reading: Reading, separator: str = "") -> None:
        self._file, self._reading = file, reading
        self._separated = f" (separated by {separator!r})" if separator else ""
        self.header: list[str] = []

    def record(self, line: int, row: Sequence[str], original: bytes) -> SourceRecord | SourceError | None:
        """None for a blank row and for the header. Raises SourceError for a table that cannot be read at all."""
        fields = list(row)
        if not any(field.strip() for field in fields):
            return None
        if fault := _encoding_fault(original):
            raise SourceError(self._file, line, fault, original=original, ends=True)
        if not self.header:
            self.header = self._named(fields) if self._reading.header else self._numbered(fields)
            if fault := self._header_fault():
                raise SourceError(self._file, line, fault, ends=True)
            if self._reading.header:
                return None
        width = len(self.header)
        while len(fields) > width and not fields[-1].strip():
            fields.pop()
        if len(fields) != width:
            fault = f"has {counted(len(fields), 'field')}, the header {width}{self._separated}"
            fix = "quote fields that hold separators or quotes"
            return SourceError(self._file, line, f"{fault}; {fix}", original=original)
        return SourceRecord(line, dict(zip(self.header, fields, strict=True)), original)

    @staticmethod
    def _named(fields: list[str]) -> list[str]:
        """Small letters; columns without name at the end are Excel's, which were once used."""
        names = [field.strip().lower() for field in fields]
        while not names[-1]:
            names.pop()
        return names

    def _numbered(self, fields: list[str]) -> list[str]:
        """Two columns are a prompt and a response, as long as `columns` names none."""
        filled = len(fields)
        while not fields[filled - 1].strip():
            filled -= 1
        if not self._reading.columns and filled == 2:
            return ["prompt", "response"]
        return [str(number) for number in range(1, max(filled, self._highest()) + 1)]

    def _highest(self) -> int:
        return max((int(name) for name in self._reading.columns.values() if name.isdecimal()), default=0)

    def _header_fault(self) -> str:
        header, reading = self.header, self._reading
        shown = ", ".join(repr(name[:30]) for name in header[:8])
        if not reading.header and not reading.columns and header[0] == "1":
            found = f"{counted(len(header), 'column')}{self._separated}"
            return f"has {found} and no header; --columns prompt=1,response=2 numbers them"
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice or "" in header:
            return f"must name every column once in its first row, got {header}; rename {twice or 'the empty one'}"
        missing = [name for name in reading.columns.values() if name.strip().lower() not in header]
        if missing:
            return f"has no column {missing[0]!r} among {shown}{self._separated}; correct columns"
        if reading.known and reading.names.isdisjoint(header) and reading.header:
            known = "prompt, response, instruction, messages and others"
            return f"must name its columns ({known}) in its first row, got {shown}{self._separated}; {HOW}, {NO_HEADER}"
        return ""


def _encoding_fault(original: bytes) -> str:
    try:
        original.decode("utf-8")
    except UnicodeDecodeError as error:
        text = original[max(0, error.start - 12) : error.start + 12].decode(EXCELS_ENCODING, errors="replace")
        asked = f"as {EXCELS_ENCODING} it reads {text.strip()!r}: if that is right, --encoding {EXCELS_ENCODING}"
        return f"is not UTF-8; {asked} (deployment.toml: encoding), else save the file as UTF-8"
    return ""
