"""The one retry loop of the API: asks the targets of an alias in their order until one answers or time is up.

A target that is throttled, not ready, gone or unavailable hands over to the next at once; only one that was asked
before in this request is waited for. Whatever the caller must change (content, access) ends the request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from inference_api.aliases import CACHE_SECONDS, Target
from inference_api.errors import api_error, failure_name
from inference_api.target_pauses import TargetPauses

MAX_ATTEMPTS = 3
BUDGET_SECONDS = 26.5  # of API Gateway's 29: the rest is for the authorizer and the start of the function
CONNECT_SECONDS = 1.5
# How long an attempt may wait for its answer: the longest that still fits. A client has one timeout, so there are few.
READ_SECONDS = (24, 20, 15, 10, 5)
BACKOFF_SECONDS = 0.4
GONE = "model_not_available"
# What hands over to the next target -> seconds for which the failed one is asked last. A throttle lasts a while, a lost
# connection says little, and what is gone is published no more by the time that the alias is read again.
SPILLS = {
    "rate_limit_exceeded": 1.0,
    "model_not_ready": 1.0,
    "service_unavailable": 0.25,
    "timeout": 0.25,
    "model_error": 0.25,
    GONE: CACHE_SECONDS,
}

T = TypeVar("T")


@dataclass(frozen=True)
class Attempt:
    """`error`: the name of what went wrong, None for the attempt that was answered."""

    target: Target
    error: str | None
    milliseconds: int

    @property
    def facts(self) -> dict[str, Any]:
        target = {"target": self.target.invoke_id, "kind": self.target.kind}
        return {**target, "error": self.error, "milliseconds": self.milliseconds}


@dataclass(frozen=True)
class Served(Generic[T]):
    answer: T
    target: Target
    attempts: int


class Failover:
    """`clock` and `sleep`: seconds; `random`: 0 to 1."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None], random: Callable[[], float]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._pauses = TargetPauses(clock)

    def deadline(self) -> float:
        """Of a request that begins now."""
        return self._clock() + BUDGET_SECONDS

    def ask(
        self,
        targets: Sequence[Target],
        call: Callable[[Target, int], T],
        *,
        deadline: float,
        attempts: list[Attempt],
    ) -> Served[T]:
        """`call(target, seconds it may wait)` of the first target that answers; `attempts` gets every attempt.

        Raises what the last attempt raised, or the last one that a retry by the caller could get over.
        """
        left = list(targets)
        failure: Exception | None = None
        while True:
            target = self._next(left, attempts)
            started = self._clock()
            try:
                answer = call(target, self._read_seconds(deadline))
            except Exception as error:
                attempts.append(self._attempt(target, started, failure_name(error)))
                code = api_error(error).code
                failure = error if failure is None or code != GONE else failure
                if not self._spills(code, target, left) or not self._begins_another(left, attempts, deadline):
                    raise failure from failure.__cause__
            else:
                attempts.append(self._attempt(target, started, None))
                self._pauses.answered(target)
                return Served(answer, target, len(attempts))

    def _next(self, left: Sequence[Target], attempts: Sequence[Attempt]) -> Target:
        return self._pauses.first(left, asked=[attempt.target for attempt in attempts])

    def _attempt(self, target: Target, started: float, error: str | None) -> Attempt:
        return Attempt(target, error, round((self._clock() - started) * 1000))

    def _read_seconds(self, deadline: float) -> int:
        left = deadline - self._clock() - CONNECT_SECONDS
        return next((seconds for seconds in READ_SECONDS if seconds <= left), READ_SECONDS[-1])

    def _spills(self, code: str, target: Target, left: list[Target]) -> bool:
        """Whether another attempt may help; `left` loses a target that is gone."""
        if code not in SPILLS:
            return False
        self._pauses.failed(target, first_seconds=SPILLS[code])
        if code == GONE:
            left.remove(target)
        return bool(left)

    def _begins_another(self, left: Sequence[Target], attempts: Sequence[Attempt], deadline: float) -> bool:
        """Waits before a target that this request asked before. False if an attempt could not end in time."""
        if len(attempts) == MAX_ATTEMPTS:
            return False
        again = self._next(left, attempts) in [attempt.target for attempt in attempts]
        wait = BACKOFF_SECONDS * 2.0 ** len(attempts) * (0.5 + self._random() / 2) if again else 0.0
        if self._clock() + wait + CONNECT_SECONDS + READ_SECONDS[-1] > deadline:
            return False
        self._sleep(wait)
        return True
