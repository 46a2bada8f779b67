"""The table of the demo: one line for each method."""

from collections.abc import Sequence
from typing import NamedTuple


class Result(NamedTuple):
    """`cost` in US dollars of the run and a month of its storage, "at least" where a price is unknown."""

    method: str
    base: str
    data: str
    seconds: float
    cost: str
    result: str


HEADS = ("method", "base model", "data", "seconds", "USD", "result")


def result_table(results: Sequence[Result]) -> list[str]:
    rows = [HEADS, *([str(cell) for cell in item] for item in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
