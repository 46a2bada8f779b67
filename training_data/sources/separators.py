"""How a table separates its fields: what Excel writes first, else what makes the most of the first rows. Pure."""

import csv
import re

from training_data.sources.reading import Reading

SEPARATORS = {"csv": ",", "tsv": "\t"}
CANDIDATES = (",", ";", "\t", "|")
EXCELS_LINE = re.compile(rb'"?sep=(.)"?;*\r?\n', re.IGNORECASE)
LOOKED_AT = 20


def known_names(line: str, reading: Reading) -> set[str]:
    """The columns' names in this line that mean something, separated in the best of all ways."""
    return max((_names(line, separator) & reading.names for separator in CANDIDATES), key=len)


def separator_of(head: str, kind: str, reading: Reading) -> str:
    """That with the most known names in the first row, then that which gives every row as many fields."""
    usual = SEPARATORS[kind]

    def worth(separator: str) -> tuple[int, bool, bool]:
        rows = _rows(head, separator)
        first = {field.strip().lower() for field in rows[0]} if rows and reading.header else set()
        widths = {len(row) for row in rows}
        return len(first & reading.names), len(widths) == 1 and widths != {1}, separator == usual

    return max((usual, *CANDIDATES), key=worth)


def _names(line: str, separator: str) -> set[str]:
    rows = _rows(line, separator)
    return {field.strip().lower() for field in rows[0]} if rows else set()


def _rows(head: str, separator: str) -> list[list[str]]:
    """The first rows, without the last one, which may be cut, and without blank ones and empty fields at the end."""
    rows = []
    try:
        for row in csv.reader(head.splitlines(keepends=True), delimiter=separator):
            while row and not row[-1].strip():
                row.pop()
            if row:
                rows.append(row)
    except csv.Error:
        pass
    return rows[:LOOKED_AT] if len(rows) < 2 else rows[: min(LOOKED_AT, len(rows) - 1)]
