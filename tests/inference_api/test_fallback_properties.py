"""For any failures and delays of the targets: three attempts, the deadline, and no answer is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from inference_api.aliases import Target
from inference_api.errors import api_error
from inference_api.fallback import (
    BUDGET_SECONDS,
    FALLBACK_PAUSES,
    FALLBACK_SECONDS,
    GONE,
    MAX_ATTEMPTS,
    Attempt,
    Fallback,
)
from tests.inference_api.conftest import Clock
from tests.inference_api.test_fallback import BASE, FINAL, ON_DEMAND, PROVISIONED, RECOVERABLE

# None is an answer. The number is the share of the timeout that a call takes.
STEPS = st.tuples(
    st.one_of(st.none(), st.sampled_from([*RECOVERABLE.values(), *FINAL.values()])),
    st.floats(0, 1),
)
TARGETS = st.lists(st.sampled_from([PROVISIONED, ON_DEMAND, BASE]), min_size=1, unique=True)
REQUESTS = st.lists(
    st.tuples(st.floats(0, 20), st.lists(STEPS, min_size=MAX_ATTEMPTS, max_size=MAX_ATTEMPTS)), max_size=8
)


@dataclass
class Bedrock:
    clock: Clock
    deadline: float
    steps: list[tuple[Exception | None, float]]
    answered: bool = False
    gone: list[Target] = field(default_factory=list)

    def __call__(self, target: Target, read_seconds: float) -> str:
        assert self.clock.now + read_seconds <= self.deadline
        assert self.clock.now <= self.deadline - BUDGET_SECONDS + FALLBACK_SECONDS, "too late to begin"
        assert target not in self.gone, "a target that is gone was called again"
        failure, share = self.steps.pop(0)
        self.clock.now += share * read_seconds
        if failure is None:
            self.answered = True
            return "yes"
        if api_error(failure).code == GONE:
            self.gone.append(target)
        raise failure


@settings(max_examples=300, deadline=None)
@given(TARGETS, REQUESTS, st.floats(0, 1))
def test_three_attempts_within_the_deadline(
    targets: list[Target],
    requests: list[tuple[float, list[tuple[Exception | None, float]]]],
    chance: float,
) -> None:
    clock = Clock()
    fallback = Fallback(clock, clock.sleep, lambda: chance)
    for pause, steps in requests:
        clock.now += pause
        began, deadline, attempts = clock.now, fallback.deadline(), list[Attempt]()
        bedrock = Bedrock(clock, deadline, list(steps))
        try:
            served = fallback.ask(targets, bedrock, deadline=deadline, attempts=attempts)
        except Exception as error:
            told = error in [step for step, _ in steps[: len(attempts)]] and not bedrock.answered
        else:
            told = True
            assert served.attempts == len(attempts)
            assert attempts[-1].target is served.target
        assert told, "an answer was lost, or the error is not one of the failures"
        assert clock.now - began <= BUDGET_SECONDS
        assert 1 <= len(attempts) <= MAX_ATTEMPTS
        failures = [step for step, _ in steps[: len(attempts) - 1]]
        assert all(step is not None and api_error(step).code in FALLBACK_PAUSES for step in failures)
