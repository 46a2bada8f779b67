"""The only retry loop of the API: calls the targets of an alias in order until one answers or time is up.

A canary is asked once: whatever goes wrong there, what serves answers in its place.

If a target is throttled, not ready, gone, denied or unavailable, the alias falls back to the next one at once. The loop
only waits before it calls the same target again. An error that the caller must fix (content) ends the request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from inference_api.aliases import CACHE_SECONDS, Target
from inference_api.canary import CANARY_SECONDS
from inference_api.errors import api_error, failure_name
from inference_api.target_pauses import TargetPauses
from kit_contract.canaries import CANARY

MAX_ATTEMPTS = 3
BUDGET_SECONDS = 280.0  # API Gateway ends a response after 5 minutes of silence; the rest is for a cold start
FALLBACK_SECONDS = 25.0  # no attempt begins later: a provisioned throughput is deleted soon after no alias names it
BACKOFF_SECONDS = 0.4
GONE = "model_not_available"
DENIED = "model_access_denied"
# Error codes that lead to a fallback -> first pause of the failed target in seconds. Throttling lasts a while, a lost
# connection says little, and a target that is gone has left the alias's parameters when they are read again. Access is
# a matter of one model: the account may be denied one and use the next. Neither of the two is worth a second call.
FALLBACK_PAUSES = {
    "rate_limit_exceeded": 1.0,
    "model_not_ready": 1.0,
    "service_unavailable": 0.25,
    "timeout": 0.25,
    "model_error": 0.25,
    "stream_cut": 0.25,
    GONE: CACHE_SECONDS,
    DENIED: CACHE_SECONDS,
}
FINAL_FOR_ITS_TARGET = (GONE, DENIED)  # the later one tells more

T = TypeVar("T")


class Attempt(NamedTuple):
    """`error`: AWS error code or class name, None if the target answered."""

    target: Target
    error: str | None
    milliseconds: int

    @property
    def facts(self) -> dict[str, Any]:
        target = {"target": self.target.invoke_id, "kind": self.target.kind}
        return {**target, "error": self.error, "milliseconds": self.milliseconds}


class Served(NamedTuple, Generic[T]):
    answer: T
    target: Target
    attempts: int


class Fallback:
    """`clock` and `sleep` use seconds. `random` returns 0 to 1."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None], random: Callable[[], float]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._pauses = TargetPauses(clock)

    def deadline(self) -> float:
        """The deadline of a request that starts now."""
        return self._clock() + BUDGET_SECONDS

    def ask(
        self,
        targets: Sequence[Target],
        call: Callable[[Target, float], T],
        *,
        deadline: float,
        attempts: list[Attempt],
    ) -> Served[T]:
        """The result of `call(target, seconds left)` for the first target that answers. Appends to `attempts`.

        Raises the last failure, but prefers one that can pass to one that says a target is denied or gone. A canary's
        failure is raised only if there is no other target.
        """
        left = list(targets)
        failure: Exception | None = None
        while True:
            target = self._next(left, attempts)
            started = self._clock()
            try:
                answer = call(target, _read_seconds(target, left, deadline - started))
            except Exception as error:
                attempts.append(self._attempt(target, started, failure_name(error)))
                if target.variant == CANARY and len(left) > 1:
                    left.remove(target)
                    continue
                code = api_error(error).code
                failure = error if failure is None or _tells_more(code, failure) else failure
                if not self._may_fall_back(code, target, left) or not self._begins_another(left, attempts, deadline):
                    raise failure from failure.__cause__
            else:
                attempts.append(self._attempt(target, started, None))
                self._pauses.answered(target)
                return Served(answer, target, len(attempts))

    def _next(self, left: Sequence[Target], attempts: Sequence[Attempt]) -> Target:
        return self._pauses.first(left, asked=[attempt.target for attempt in attempts])

    def _attempt(self, target: Target, started: float, error: str | None) -> Attempt:
        return Attempt(target, error, round((self._clock() - started) * 1000))

    def _may_fall_back(self, code: str, target: Target, left: list[Target]) -> bool:
        """Whether another attempt can help. Removes a target that is gone or denied from `left`."""
        if code not in FALLBACK_PAUSES:
            return False
        self._pauses.failed(target, first_seconds=FALLBACK_PAUSES[code])
        if code in FINAL_FOR_ITS_TARGET:
            left.remove(target)
        return bool(left)

    def _begins_another(self, left: Sequence[Target], attempts: Sequence[Attempt], deadline: float) -> bool:
        """Waits if the next target was already called. False if it is too late to begin another attempt."""
        canaries = [attempt.milliseconds for attempt in attempts if attempt.target.variant == CANARY]
        if len(attempts) - len(canaries) == MAX_ATTEMPTS:
            return False
        again = self._next(left, attempts) in [attempt.target for attempt in attempts]
        wait = BACKOFF_SECONDS * 2.0 ** len(attempts) * (0.5 + self._random() / 2) if again else 0.0
        if self._clock() + wait > deadline - BUDGET_SECONDS + FALLBACK_SECONDS + sum(canaries) / 1000:
            return False
        self._sleep(wait)
        return True


def _read_seconds(target: Target, left: Sequence[Target], seconds: float) -> float:
    return min(seconds, CANARY_SECONDS) if target.variant == CANARY and len(left) > 1 else seconds


def _tells_more(code: str, failure: Exception) -> bool:
    """Whether the caller should get the error `code` instead of the earlier `failure`."""
    if code not in FINAL_FOR_ITS_TARGET:
        return True
    earlier = api_error(failure).code
    return earlier in FINAL_FOR_ITS_TARGET and FINAL_FOR_ITS_TARGET.index(code) > FINAL_FOR_ITS_TARGET.index(earlier)
