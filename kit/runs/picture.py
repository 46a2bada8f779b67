"""Draws curves as a picture: one field for losses, one for rewards."""

from collections.abc import Mapping
from pathlib import Path

from kit.runs.series import Series

SUFFIXES = (".png", ".svg")


def draw(curves: Mapping[str, Series], output: Path) -> None:
    """Write the picture (PNG or SVG by `output`'s suffix). Raises OSError."""
    # Figure without pyplot: no window, no global state, no backend to choose.
    from matplotlib.figure import Figure

    measures = list(dict.fromkeys(item.measure for item in curves.values()))
    figure = Figure(figsize=(10, 4.5 * len(measures)), layout="constrained")
    fields = figure.subplots(len(measures), 1, squeeze=False)[:, 0]
    for axes, measure in zip(fields, measures, strict=True):
        for index, (name, item) in enumerate(curves.items()):
            if item.measure == measure:
                points = "o-" if len(item.values) <= 10 else "-"
                axes.plot(item.steps, item.values, points, color=f"C{index}", label=name, markersize=4)
        axes.set(xlabel="step", ylabel=measure)
        axes.grid(alpha=0.4)
        axes.legend(frameon=False, fontsize=9)
    figure.savefig(output, dpi=120)
