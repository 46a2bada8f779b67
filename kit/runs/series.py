"""The curves of a run: training and validation loss, or the reward, by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VALUES = ("loss", "reward", "value")


@dataclass(frozen=True)
class Series:
    """`name` is such as "training loss", `measure` "loss"; `steps` and `values` have the same length, at least 1."""

    name: str
    measure: str
    steps: tuple[float, ...]
    values: tuple[float, ...]


def series_in(metrics: Mapping[str, Any]) -> list[Series]:
    """Of metrics.json: steps -> kind -> [{"step", "epoch", "loss" or "reward"}]."""
    found = []
    for kind, points in (metrics.get("steps") or {}).items():
        measured = next((name for name in VALUES if points and name in points[0]), "")
        if measured:
            name = kind if measured in kind or measured == "value" else f"{kind} {measured}"
            steps = tuple(float(point.get("step") or 0) for point in points)
            found.append(Series(name, measured, steps, tuple(float(point[measured]) for point in points)))
    return found
