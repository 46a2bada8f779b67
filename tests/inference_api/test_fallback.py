"""The retry loop: which target comes next after which failure, how often, and when it stops."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from inference_api.aliases import Target
from inference_api.aws.connections import ReadTimeoutError
from inference_api.fallback import BUDGET_SECONDS, FALLBACK_SECONDS, MAX_ATTEMPTS, Attempt, Fallback
from tests.inference_api.conftest import Clock

PROVISIONED, ON_DEMAND, BASE = (
    Target(f"id-{kind}", f"arn-{kind}", kind, custom=kind != "foundation-model")
    for kind in ("provisioned-throughput", "custom-model-deployment", "foundation-model")
)


def error(code: str, message: str = "no", status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Converse")


RECOVERABLE = {
    "throttled": error("ThrottlingException"),
    "quota": error("ServiceQuotaExceededException"),
    "not-ready": error("ModelNotReadyException"),
    "gone": error("ResourceNotFoundException", "Model not found."),
    "invalid-id": error("ValidationException", "The provided model identifier is invalid."),
    "unresolved": error("ValidationException", "Could not resolve the foundation model from the identifier."),
    "denied": error("AccessDeniedException"),
    # https://github.com/kirodotdev/Kiro/issues/11191 and https://github.com/prowler-cloud/prowler/pull/12801
    "unverified": error("ValidationException", "Operation not allowed"),
    "not-for-this-account": error(
        "ValidationException", "Your account is not authorized to invoke this API operation."
    ),
    "unknown-throttling": error("ServerBusyException", status=429),
    "unknown-outage": error("SomethingNewException", status=503),
    "unavailable": error("ServiceUnavailableException"),
    "internal": error("InternalServerException"),
    "model-timeout": error("ModelTimeoutException"),
    "model-error": error("ModelErrorException"),
    "reset": ConnectionError("no response"),
    "connect-timeout": ConnectionError("no connection"),
}
FINAL = {
    "content": error("ValidationException", "Input is too long for requested model."),
    "tool": error("ValidationException", "The model returned the following errors: messages.1: tool not found"),
    "expired": error("ExpiredTokenException", status=403),
    "knowledge-base": error("ResourceNotFoundException", "Knowledge Base with id X does not exist"),
    "bug": KeyError("x"),
}


class Bedrock:
    """Answers as planned for each target. `asked`: kind of target and read timeout."""

    def __init__(self, clock: Clock, **plan: list[Any]) -> None:
        self.clock = clock
        self.plan = {kind.replace("_", "-"): list(steps) for kind, steps in plan.items()}
        self.asked: list[tuple[str, float]] = []

    def __call__(self, target: Target, read_seconds: float) -> str:
        self.asked.append((target.kind, read_seconds))
        step = self.plan[target.kind].pop(0)
        if isinstance(step, tuple):
            seconds, step = step
            self.clock.now += seconds
        if isinstance(step, Exception):
            raise step
        return str(step)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.asked]


def ask(fallback: Fallback, bedrock: Bedrock, *targets: Target) -> tuple[str, list[Attempt]]:
    attempts: list[Attempt] = []
    return fallback.ask(targets, bedrock, deadline=fallback.deadline(), attempts=attempts).answer, attempts


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fallback(clock: Clock) -> Fallback:
    return Fallback(clock, clock.sleep, lambda: 1.0)


@pytest.mark.parametrize("failure", RECOVERABLE.values(), ids=RECOVERABLE)
def test_a_recoverable_failure_falls_back_to_the_next_target_at_once(
    clock: Clock, fallback: Fallback, failure: Exception
) -> None:
    bedrock = Bedrock(clock, provisioned_throughput=[failure], custom_model_deployment=["yes"])
    began = clock.now

    answer, attempts = ask(fallback, bedrock, PROVISIONED, ON_DEMAND, BASE)

    assert answer == "yes"
    assert [attempt.target for attempt in attempts] == [PROVISIONED, ON_DEMAND]
    assert clock.now == began


@pytest.mark.parametrize(
    ("first", "second", "raised"),
    [("denied", "gone", "denied"), ("gone", "denied", "denied"), ("throttled", "denied", "throttled")],
)
def test_the_caller_learns_of_the_failure_that_says_most(
    clock: Clock, fallback: Fallback, first: str, second: str, raised: str
) -> None:
    plan = [RECOVERABLE[first]] * 2
    bedrock = Bedrock(clock, provisioned_throughput=plan, custom_model_deployment=[RECOVERABLE[second]])

    with pytest.raises(ClientError) as failure:
        ask(fallback, bedrock, PROVISIONED, ON_DEMAND)

    assert failure.value is RECOVERABLE[raised]


def test_a_denied_target_is_not_asked_twice(clock: Clock, fallback: Fallback) -> None:
    bedrock = Bedrock(clock, foundation_model=[RECOVERABLE["denied"]])

    with pytest.raises(ClientError):
        ask(fallback, bedrock, BASE)

    assert bedrock.kinds == ["foundation-model"]


@pytest.mark.parametrize("failure", FINAL.values(), ids=FINAL)
def test_a_final_failure_ends_the_request(clock: Clock, fallback: Fallback, failure: Exception) -> None:
    bedrock = Bedrock(clock, provisioned_throughput=[failure])

    with pytest.raises(type(failure)) as raised:
        ask(fallback, bedrock, PROVISIONED, ON_DEMAND, BASE)

    assert raised.value is failure
    assert bedrock.kinds == ["provisioned-throughput"]


def test_at_most_three_attempts_for_any_number_of_targets(clock: Clock, fallback: Fallback) -> None:
    throttled = [RECOVERABLE["throttled"]] * 9
    bedrock = Bedrock(clock, foundation_model=throttled)

    with pytest.raises(ClientError):
        ask(fallback, bedrock, BASE)

    assert len(bedrock.asked) == MAX_ATTEMPTS
    assert clock.now - Clock().now == pytest.approx(0.8 + 1.6)  # only a target asked before is waited for


def test_a_target_that_is_gone_is_not_asked_again(clock: Clock, fallback: Fallback) -> None:
    bedrock = Bedrock(
        clock, provisioned_throughput=[RECOVERABLE["gone"]], foundation_model=[RECOVERABLE["throttled"], "yes"]
    )

    assert ask(fallback, bedrock, PROVISIONED, BASE)[0] == "yes"
    assert bedrock.kinds == ["provisioned-throughput", "foundation-model", "foundation-model"]


def test_an_alias_with_one_target_does_not_fall_back(clock: Clock, fallback: Fallback) -> None:
    bedrock = Bedrock(clock, provisioned_throughput=[RECOVERABLE["gone"]])

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        ask(fallback, bedrock, PROVISIONED)

    assert bedrock.kinds == ["provisioned-throughput"]


@pytest.mark.parametrize("gone_at", [0, 1, 2])
def test_the_caller_gets_the_failure_that_a_retry_can_solve(clock: Clock, fallback: Fallback, gone_at: int) -> None:
    failures = [RECOVERABLE["throttled"]] * 3
    failures[gone_at] = RECOVERABLE["gone"]
    steps = dict(zip(("provisioned_throughput", "custom_model_deployment", "foundation_model"), failures, strict=True))
    bedrock = Bedrock(clock, **{kind: [step] * 2 for kind, step in steps.items()})

    with pytest.raises(ClientError, match="ThrottlingException"):
        ask(fallback, bedrock, PROVISIONED, ON_DEMAND, BASE)


def test_no_attempt_begins_late(clock: Clock, fallback: Fallback) -> None:
    slow = (FALLBACK_SECONDS + 0.1, RECOVERABLE["unavailable"])
    bedrock = Bedrock(clock, provisioned_throughput=[slow], foundation_model=["too late"])

    with pytest.raises(ClientError, match="ServiceUnavailableException"):
        ask(fallback, bedrock, PROVISIONED, BASE)

    assert bedrock.kinds == ["provisioned-throughput"]


def test_a_later_attempt_gets_the_time_that_is_left(clock: Clock, fallback: Fallback) -> None:
    late = (8.0, RECOVERABLE["unavailable"])
    bedrock = Bedrock(clock, provisioned_throughput=[late], custom_model_deployment=[late], foundation_model=["yes"])
    began = clock.now

    ask(fallback, bedrock, PROVISIONED, ON_DEMAND, BASE)

    assert [seconds for _, seconds in bedrock.asked] == [BUDGET_SECONDS - spent for spent in (0, 8, 16)]
    assert clock.now == began + 16


def test_there_is_no_attempt_after_a_read_timeout(clock: Clock, fallback: Fallback) -> None:
    hanging = (BUDGET_SECONDS, ReadTimeoutError())
    bedrock = Bedrock(clock, provisioned_throughput=[hanging], foundation_model=["too late"])

    with pytest.raises(ReadTimeoutError):
        ask(fallback, bedrock, PROVISIONED, BASE)


def test_a_throttled_target_comes_last_for_a_while_and_longer_each_time(clock: Clock, fallback: Fallback) -> None:
    throttled = RECOVERABLE["throttled"]
    bedrock = Bedrock(clock, provisioned_throughput=[throttled, throttled, "back"], foundation_model=["a"] * 9)

    for wait in (0.0, 0.9, 0.2, 1.9, 0.2):  # paused 1 s, then 2 s
        clock.now += wait
        ask(fallback, bedrock, PROVISIONED, BASE)

    asked = ["P" if kind == "provisioned-throughput" else "b" for kind in bedrock.kinds]
    assert asked == ["P", "b", "b", "P", "b", "b", "P"]


def test_an_answer_ends_a_pause(clock: Clock, fallback: Fallback) -> None:
    throttled = RECOVERABLE["throttled"]
    steps = [throttled, throttled, "back", throttled, "back"]
    bedrock = Bedrock(clock, provisioned_throughput=steps, foundation_model=["a"] * 9)

    for wait in (0, 1, 2, 0, 1):
        clock.now += wait
        ask(fallback, bedrock, PROVISIONED, BASE)

    assert bedrock.kinds[-1] == "provisioned-throughput"
