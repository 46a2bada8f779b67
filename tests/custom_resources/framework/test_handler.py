"""The edge: the right resource for each type, one log line, Lambda's alarm."""

import json
import time

import boto3
import pytest

from custom_resources import handler
from custom_resources.framework.errors import OutOfTimeError
from custom_resources.framework.operation import Operation
from custom_resources.resource_types import resource_types
from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.templates import MODEL, throughput
from tests.cloudformation_harness.world import World


def test_an_unknown_type_fails_and_lists_the_known_ones() -> None:
    with World().installed() as world:
        stack = Stack(world)
        stack.create({"Thing": ("Custom::Thing", {"Name": "a"})})

    assert "must be one of Custom::BedrockCapacityStart, " in stack.requests[0].reason
    assert "got Custom::Thing" in stack.requests[0].reason


def test_an_invocation_writes_one_line() -> None:
    with World().installed() as world:
        world.bedrock.models[MODEL] = world.scheduler.now
        Stack(world).create(throughput())

    (line,) = [json.loads(text) for text in world.log]
    assert line["outcome"] == "SUCCESS"
    assert line["request_type"] == "Create"
    assert line["duration_ms"] > 600_000


def test_an_invocation_out_of_time_hands_its_request_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    decide = Operation.decide
    late = iter([True, False])

    def first_is_late(operation: Operation) -> bytes | None:
        if next(late):
            raise OutOfTimeError
        return decide(operation)

    monkeypatch.setattr(Operation, "decide", first_is_late)
    with World().installed() as world:
        world.bedrock.models[MODEL] = world.scheduler.now
        stack = Stack(world)
        stack.create(throughput())

    assert [json.loads(text)["outcome"] for text in world.log] == ["handed over", "SUCCESS"]
    first, second = world.invocations
    assert first.event == second.event


def test_every_type_can_be_made() -> None:
    for make in resource_types(boto3.Session(), "us-east-1").values():
        assert make()


def test_the_alarm_interrupts_a_call_that_hangs() -> None:
    started = time.monotonic()
    with pytest.raises(OutOfTimeError), handler._alarm(0.05):
        time.sleep(5)

    assert time.monotonic() - started < 4


def test_the_alarm_is_off_after_the_block() -> None:
    with handler._alarm(0.05):
        pass
    time.sleep(0.1)
