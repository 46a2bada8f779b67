"""The lengths of records as bars: in plain text, and as a PNG through matplotlib, which is imported only for that."""

import math
from collections.abc import Sequence
from pathlib import Path

from training_data.atomic_output import atomic
from training_data.token_estimate import BYTES_PER_TOKEN

BAR, BINS = 40, 12


def bins(values: Sequence[int]) -> list[tuple[int, int, int]]:
    """(from, to, how many): at most twelve bins of the same round width, the last value inside the last one."""
    if not values:
        return []
    step = max(1, math.ceil((max(values) + 1) / BINS))
    magnitude = 10 ** (len(str(step)) - 1)
    width = math.ceil(step / magnitude) * magnitude
    counts = [0] * (max(values) // width + 1)
    for value in values:
        counts[value // width] += 1
    return [(index * width, (index + 1) * width, count) for index, count in enumerate(counts)]


def text_histogram(values: Sequence[int]) -> list[str]:
    """One line a bin; the longest bar has 40 characters, a bin with records at least one."""
    found = bins(values)
    most = max((count for *_, count in found), default=0)
    return [
        f"{start:>8,} to {stop - 1:>8,} tokens  {'#' * math.ceil(BAR * count / most):<{BAR}} {count:,}"
        for start, stop, count in found
    ]


def write_picture(values: Sequence[int], limit: int | None, output: Path) -> None:
    """A PNG of the histogram; a line marks `limit`, in tokens. Raises OutputError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = bins(values)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.bar(
        [start for start, *_ in found],
        [count for *_, count in found],
        width=[stop - start for start, stop, _ in found],
        align="edge",
        edgecolor="white",
    )
    if limit and values and limit < 4 * max(values):
        axes.axvline(limit, color="firebrick", linestyle="--")
        axes.annotate(f"limit {limit:,}", (limit, 0.95), xycoords=("data", "axes fraction"), ha="right", rotation=90)
    axes.set_xlabel(f"tokens of a record (estimate: {BYTES_PER_TOKEN} bytes each)")
    axes.set_ylabel("records")
    with atomic(output) as stream:
        FigureCanvasAgg(figure).print_png(stream)  # type: ignore[no-untyped-call]
