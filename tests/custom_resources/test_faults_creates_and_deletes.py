"""Faults of Creates and Deletes in the conversation with CloudFormation: numbers 5 to 9."""

import json

import pytest

from tests.cloudformation_harness.clients import Fault
from tests.cloudformation_harness.cloudformation import Existing, Stack, Template
from tests.cloudformation_harness.templates import THROUGHPUT, access, throughput
from tests.cloudformation_harness.world import World, fault_at
from tests.custom_resources.serving_kinds import BOTH, mutating


@pytest.mark.parametrize("kind", BOTH)
def test_fault_05_a_create_that_fails_tells_the_real_id_and_its_delete_removes_it(
    world: World, stack: Stack, kind: str
) -> None:
    world.bedrock.settings.fail = lambda name: True

    assert stack.create(BOTH[kind][0]) == "ROLLBACK_COMPLETE"

    create, delete = stack.requests
    assert (create.status, create.physical_id) == ("FAILED", "sup-support")
    assert "no capacity for it" in create.reason
    assert delete.event["PhysicalResourceId"] == "sup-support"
    assert world.bedrock.billed() == []


@pytest.mark.parametrize(
    "template",
    [throughput(ModelUnits="many"), throughput(name=""), throughput(ModelUnits=11), access("")],
    ids=["units", "name", "quota", "models"],
)
def test_fault_06_a_create_that_made_nothing_has_nothing_deleted(
    world: World, stack: Stack, template: Template
) -> None:
    assert stack.create(template) == "ROLLBACK_COMPLETE"

    assert [request.status for request in stack.requests] == ["FAILED", "SUCCESS"]
    assert not [name for name in mutating(world) if ".delete_p" in name and "parameter" not in name]


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.5, 1.0, 2.0, 30.0, 300.0, 599.0])
def test_fault_07_a_delete_with_an_invented_id_meets_a_create_under_way(
    world: World, stack: Stack, seconds: float, kind: str
) -> None:
    assert stack.create(BOTH[kind][0], sibling_fails_after=seconds) == "ROLLBACK_COMPLETE"

    create, delete = stack.requests
    assert create.cancelled
    assert delete.event["PhysicalResourceId"].startswith("sup-training-")
    assert delete.status == "SUCCESS"
    assert create.answers == []
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("lag", [0.0, 15.0])
def test_fault_07_a_create_that_died_when_its_delete_came(world: World, stack: Stack, lag: float) -> None:
    """What it had bought is not yet in Bedrock's lists when the Delete looks."""
    world.bedrock.settings.lag = lag
    killed = Fault("kill", after=True)
    world.plan = fault_at("bedrock.create_provisioned_model_throughput", killed, times=3)

    assert stack.create(throughput(), sibling_fails_after=1.5) == "ROLLBACK_COMPLETE"

    assert world.bedrock.purchases == 1
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("delay", [2.0, 500.0])
def test_fault_07_a_create_that_comes_after_its_delete_does_nothing(world: World, stack: Stack, delay: float) -> None:
    stack.delivery_delay = lambda request_type: delay if request_type == "Create" else 0.0

    assert stack.create(throughput(), sibling_fails_after=1.5) == "ROLLBACK_COMPLETE"

    assert world.bedrock.purchases == 0
    assert "superseded by a newer request" in [json.loads(line)["outcome"] for line in world.log]


def test_fault_08_a_delete_of_what_was_never_there_succeeds(world: World, stack: Stack) -> None:
    stack.resources["Throughput"] = Existing(THROUGHPUT, throughput()["Throughput"][1], "sup-support")

    assert stack.delete() == "DELETE_COMPLETE"
    assert not [name for name in mutating(world) if "provisioned" in name]


@pytest.mark.parametrize("kind", BOTH)
def test_fault_08_a_delete_of_what_was_deleted_by_hand_succeeds(world: World, stack: Stack, kind: str) -> None:
    stack.create(BOTH[kind][0])
    world.bedrock.billed()[0].deleted = world.scheduler.now

    assert stack.delete() == "DELETE_COMPLETE"


@pytest.mark.parametrize("tags", [{}, {"bedrock-kit:deployment": "other"}])
@pytest.mark.parametrize("kind", BOTH)
def test_fault_09_a_name_that_is_somebody_elses_fails_and_stays(
    world: World, stack: Stack, kind: str, tags: dict[str, str]
) -> None:
    template, resource = BOTH[kind]
    theirs = world.bedrock.plant(resource, "sup-support", tags=tags)

    assert stack.create(template) == "ROLLBACK_COMPLETE"

    assert stack.requests[0].status == "FAILED"
    assert "does not have the tag" in stack.requests[0].reason
    assert world.bedrock.billed() == [theirs]
    assert not [name for name in mutating(world) if name.startswith("bedrock.")]
