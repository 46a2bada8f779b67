"""Thousands of requests against a Bedrock that throttles, fails and drops connections, on a virtual clock.

Real botocore clients: parameters are checked, errors parsed, and a dropped connection is botocore's own exception.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from inference_api.aliases import Target
from inference_api.aws.connections import CONNECT_SECONDS
from inference_api.errors import api_error
from inference_api.fallback import BUDGET_SECONDS, MAX_ATTEMPTS, Attempt, Fallback
from tests.inference_api.conftest import DEPLOYMENT_ARN, REGION, THROUGHPUT_ARN, Clock, converse_response

THROUGHPUT = Target(THROUGHPUT_ARN, THROUGHPUT_ARN, "provisioned-throughput", custom=True)
DEPLOYMENT = Target(DEPLOYMENT_ARN, DEPLOYMENT_ARN, "custom-model-deployment", custom=True)
REQUESTS = 2_000
SECONDS_BETWEEN_REQUESTS = 0.3


@dataclass(frozen=True)
class Faults:
    """Shares of the calls."""

    throttled: float = 0
    unavailable: float = 0
    reset: float = 0


MIX = Faults(throttled=0.30, unavailable=0.05, reset=0.02)
SERVICE = Faults(unavailable=0.05, reset=0.02)  # faults of Bedrock itself hit every target


class Stream:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Any:
        yield self._content


@dataclass
class Bedrock:
    faults: dict[str, Faults]
    clock: Clock
    chance: random.Random
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        config = Config(retries={"total_max_attempts": 1})
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)
        self.client: Any = session.client("bedrock-runtime", config=config)
        self.client.meta.events.register("before-send.bedrock-runtime.Converse", self._send)

    def converse(self, target: Target, read_seconds: float) -> Any:
        self.calls[target.kind] += 1
        message = {"role": "user", "content": [{"text": "Hello"}]}
        return self.client.converse(modelId=target.invoke_id, messages=[message])

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        faults = self.faults[(THROUGHPUT if "provisioned-model" in request.url else DEPLOYMENT).kind]
        drawn = self.chance.random()
        if drawn < faults.reset:
            self.clock.now += self.chance.uniform(0, 1)
            raise ConnectionError("no response")
        if drawn < faults.reset + faults.unavailable:
            self.clock.now += self.chance.uniform(0.05, 2)
            return self._response(request, 503, {"message": "busy"}, "ServiceUnavailableException")
        if drawn < faults.reset + faults.unavailable + faults.throttled:
            self.clock.now += self.chance.uniform(0.02, 0.2)
            return self._response(request, 429, {"message": "slow down"}, "ThrottlingException")
        self.clock.now += self.chance.uniform(0.3, 3)
        return self._response(request, 200, converse_response({"text": "Hi"}), None)

    def _response(self, request: Any, status: int, body: Any, error: str | None) -> AWSResponse:
        headers: Any = {"content-type": "application/json"} | ({"x-amzn-errortype": error} if error else {})
        return AWSResponse(request.url, status, headers, Stream(json.dumps(body).encode()))


@dataclass
class Outcome:
    failures: Counter[int] = field(default_factory=Counter)
    longest: float = 0
    most_attempts: int = 0
    slowest_fallback: float = 0

    @property
    def answered(self) -> float:
        return 1 - self.failures.total() / REQUESTS


def run(bedrock: Bedrock, targets: list[Target]) -> Outcome:
    clock, outcome = bedrock.clock, Outcome()
    fallback = Fallback(clock, clock.sleep, bedrock.chance.random)
    for _ in range(REQUESTS):
        clock.now += SECONDS_BETWEEN_REQUESTS
        began = clock.now
        attempts: list[Attempt] = []
        try:
            fallback.ask(targets, bedrock.converse, deadline=fallback.deadline(), attempts=attempts)
        except (ClientError, ConnectionError) as error:
            outcome.failures[api_error(error).status] += 1
        outcome.longest = max(outcome.longest, clock.now - began)
        outcome.most_attempts = max(outcome.most_attempts, len(attempts))
        if len(attempts) > 1:
            outcome.slowest_fallback = max(outcome.slowest_fallback, attempts[0].milliseconds / 1000)
    return outcome


@pytest.mark.parametrize(
    ("deployment", "at_least"),
    [
        pytest.param(Faults(), 0.999, id="first-target-faulty"),
        pytest.param(SERVICE, 0.995, id="service-faults-on-both-targets"),
    ],
)
def test_requests_are_answered_in_time_with_three_attempts_at_most(deployment: Faults, at_least: float) -> None:
    faults = {"provisioned-throughput": MIX, "custom-model-deployment": deployment}
    bedrock = Bedrock(faults, Clock(), random.Random(4))

    outcome = run(bedrock, [THROUGHPUT, DEPLOYMENT])

    assert outcome.answered >= at_least
    assert outcome.failures.keys() <= {429, 503}
    assert outcome.most_attempts <= MAX_ATTEMPTS
    assert outcome.slowest_fallback <= 2.0
    assert outcome.longest <= BUDGET_SECONDS
    assert bedrock.calls["provisioned-throughput"] > REQUESTS * 0.3, "the paid throughput must stay in use"


def test_a_target_that_is_always_throttled_delays_few_requests() -> None:
    faults = {"provisioned-throughput": Faults(throttled=1.0), "custom-model-deployment": Faults()}
    bedrock = Bedrock(faults, Clock(), random.Random(4))

    outcome = run(bedrock, [THROUGHPUT, DEPLOYMENT])

    assert outcome.answered == 1
    assert bedrock.calls["provisioned-throughput"] < REQUESTS * 0.15


def test_fallback_from_an_unreachable_target_takes_less_than_two_seconds() -> None:
    clock = Clock()
    fallback = Fallback(clock, clock.sleep, lambda: 1.0)

    def call(target: Target, read_seconds: float) -> str:
        if target is THROUGHPUT:
            clock.now += CONNECT_SECONDS
            raise ConnectionError("no connection")
        return "yes"

    began = clock.now
    served = fallback.ask([THROUGHPUT, DEPLOYMENT], call, deadline=fallback.deadline(), attempts=[])

    assert served.target is DEPLOYMENT
    assert clock.now - began <= 2.0


def test_the_fake_raises_the_errors_of_bedrock() -> None:
    bedrock = Bedrock({"provisioned-throughput": Faults(throttled=1.0)}, Clock(), random.Random(4))

    with pytest.raises(ClientError, match="ThrottlingException"):
        bedrock.converse(THROUGHPUT, 24)
