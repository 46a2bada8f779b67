"""The curves of a run: training and validation loss, or the reward, by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MEASURES = ("loss", "reward")


@dataclass(frozen=True)
class Series:
    """`name` is such as "training loss", `measure` "loss"; `steps` and `values` have the same length, at least 1."""

    name: str
    measure: str
    steps: tuple[float, ...]
    values: tuple[float, ...]


def series_in(metrics: Mapping[str, Any]) -> list[Series]:
    """Of metrics.json: steps -> kind -> [{"step", "epoch", and "loss", "reward" or both}]."""
    found = []
    for kind, all_points in (metrics.get("steps") or {}).items():
        for measure in MEASURES:
            points = [point for point in all_points if point.get(measure) is not None]
            if points:
                steps = tuple(float(point.get("step") or 0) for point in points)
                values = tuple(float(point[measure]) for point in points)
                found.append(Series(f"{kind} {measure}", measure, steps, values))
    return found
