"""Short memory of targets that failed: they are asked last for a while, so that not every request pays for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from inference_api.aliases import Target

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 15.0  # as long as an alias is remembered: by then a target that is gone has left its parameter


class TargetPauses:
    """Doubles with each failure in a row; an answer ends it. Nothing is refused: the last one left is still asked."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def failed(self, target: Target, *, gone: bool) -> None:
        failures = self._failures.get(target.arn, 0) + 1
        pause = LONGEST_SECONDS if gone else min(FIRST_SECONDS * 2.0 ** (failures - 1), LONGEST_SECONDS)
        self._failures[target.arn] = failures
        self._until[target.arn] = self._clock() + pause

    def answered(self, target: Target) -> None:
        self._failures.pop(target.arn, None)
        self._until.pop(target.arn, None)

    def first(self, targets: Iterable[Target], *, asked: Collection[Target]) -> Target:
        """The first that is not paused, else the one whose pause ends soonest; those not `asked` yet before others."""
        now = self._clock()
        return min(targets, key=lambda target: (max(self._until.get(target.arn, now), now), target in asked))
