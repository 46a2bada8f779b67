"""The thirty faults (docs/reliability.md), on the function's own entry point, in an account on a virtual clock."""

import json

import pytest

from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.templates import throughput
from tests.cloudformation_harness.world import World, kill_at


def test_the_good_day(world: World, stack: Stack) -> None:
    assert stack.create(throughput()) == "CREATE_COMPLETE"
    assert [item.name for item in world.bedrock.billed()] == ["sup-support"]

    assert stack.delete() == "DELETE_COMPLETE"
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("after", [False, True])
def test_fault_03_a_process_killed_in_create_is_repeated_and_buys_once(world: World, stack: Stack, after: bool) -> None:
    world.plan = kill_at("bedrock.create_provisioned_model_throughput", after=after)

    assert stack.create(throughput()) == "CREATE_COMPLETE"

    assert world.bedrock.purchases == 1
    assert len(stack.requests[0].answers) == 1
    assert len(world.invocations[0].attempts) == 2


def test_fault_04_an_event_delivered_three_times_buys_once_and_is_answered_once(world: World, stack: Stack) -> None:
    stack.deliveries = 3

    assert stack.create(throughput()) == "CREATE_COMPLETE"

    assert world.bedrock.purchases == 1
    assert len(stack.requests[0].answers) == 1


def test_fault_05_a_create_that_fails_tells_the_real_id_and_its_delete_removes_it(world: World, stack: Stack) -> None:
    world.bedrock.settings.fail = lambda name: True

    assert stack.create(throughput()) == "ROLLBACK_COMPLETE"

    create, delete = stack.requests
    assert (create.status, create.physical_id) == ("FAILED", "sup-support")
    assert "no capacity for it" in create.reason
    assert delete.event["PhysicalResourceId"] == "sup-support"
    assert world.bedrock.purchases == 1
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("seconds", [0.1, 0.4, 1.0, 30.0, 300.0, 599.0])
def test_fault_07_a_delete_with_an_invented_id_meets_a_create_under_way(
    world: World, stack: Stack, seconds: float
) -> None:
    assert stack.create(throughput(), sibling_fails_after=seconds) == "ROLLBACK_COMPLETE"

    create, delete = stack.requests
    assert create.cancelled
    assert delete.event["PhysicalResourceId"].startswith("sup-training-Throughput-")
    assert delete.status == "SUCCESS"
    assert world.bedrock.billed() == []
    assert create.answers == []


def test_fault_07_a_create_that_comes_after_its_delete_does_nothing(world: World, stack: Stack) -> None:
    stack.delivery_delay = lambda request_type: 500.0 if request_type == "Create" else 0.0

    assert stack.create(throughput(), sibling_fails_after=5.0) == "ROLLBACK_COMPLETE"

    assert world.bedrock.purchases == 0
    assert [json.loads(line)["outcome"] for line in world.log] == ["SUCCESS", "superseded by a newer request"]
