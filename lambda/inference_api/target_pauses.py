"""Remembers which targets failed recently, so that requests try them last for a while."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from inference_api.aliases import Target

LONGEST_SECONDS = 15.0


class _Pause(NamedTuple):
    seconds: float
    until: float
    failures: int


_NONE = _Pause(0.0, float("-inf"), 0)


class TargetPauses:
    """A pause doubles with each failure in a row and ends with an answer. A paused target can still be used."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pauses: dict[str, _Pause] = {}

    def failed(self, target: Target, *, first_seconds: float) -> None:
        failures = self._pauses.get(target.arn, _NONE).failures + 1
        seconds = min(first_seconds * 2.0 ** (failures - 1), LONGEST_SECONDS)
        self._pauses[target.arn] = _Pause(seconds, self._clock() + seconds, failures)

    def answered(self, target: Target) -> None:
        self._pauses.pop(target.arn, None)

    def first(self, targets: Iterable[Target], *, asked: Collection[Target]) -> Target:
        """The first target that is neither paused nor in `asked`, else the one with the shortest pause."""
        now = self._clock()

        def rank(target: Target) -> tuple[bool, float]:
            pause = self._pauses.get(target.arn, _NONE)
            last = target in asked or pause.until > now
            return last, pause.seconds if last else 0.0

        return min(targets, key=rank)
