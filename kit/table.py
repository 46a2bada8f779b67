"""Tables of text."""

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> list[str]:
    """Lines of `rows`, whose first is the head; columns named in `right` are aligned to the right."""
    columns = range(len(rows[0]))
    widths = [max(len(row[column]) for row in rows) for column in columns]
    to_right = [rows[0][column] in right for column in columns]

    def cell(row: Sequence[str], column: int) -> str:
        return row[column].rjust(widths[column]) if to_right[column] else row[column].ljust(widths[column])

    return ["  ".join(cell(row, column) for column in columns).rstrip() for row in rows]
