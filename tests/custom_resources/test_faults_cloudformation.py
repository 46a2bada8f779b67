"""Faults of the conversation with CloudFormation: numbers 5 to 12."""

import json

import pytest

from tests.cloudformation_harness.clients import Call, Fault
from tests.cloudformation_harness.cloudformation import Existing, Stack, Template
from tests.cloudformation_harness.templates import MODEL, NEW_MODEL, THROUGHPUT, access, deployment, throughput
from tests.cloudformation_harness.world import World, fault_at

DELETE = "bedrock.delete_provisioned_model_throughput"
READING = ("get_", "list_", "head_", "describe_")
BOTH = {"throughput": (throughput(), "provisioned-model"), "deployment": (deployment(), "custom-model-deployment")}


def mutating(world: World, since: int = 0) -> list[str]:
    calls = [call for call in world.calls[since:] if call.service != "dynamodb"]
    return [call.name for call in calls if not call.operation.startswith(READING)]


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
    assert "does not carry the tag" in stack.requests[0].reason
    assert world.bedrock.billed() == [theirs]
    assert not [name for name in mutating(world) if name.startswith("bedrock.")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (throughput(), throughput(AcceptedHourlyCostUsd="30.0")),
        (deployment(), deployment(Note="new")),
        (access("a.model"), access("us.a.model")),
    ],
    ids=["throughput", "deployment", "access"],
)
def test_fault_10_an_update_without_a_material_change_changes_nothing(
    world: World, stack: Stack, before: Template, after: Template
) -> None:
    stack.create(before)
    since, held = len(world.calls), {name: item.physical_id for name, item in stack.resources.items()}

    assert stack.update(after) == "UPDATE_COMPLETE"

    assert mutating(world, since) == []
    assert {name: item.physical_id for name, item in stack.resources.items()} == held


@pytest.mark.parametrize("kind", BOTH)
def test_fault_11_a_replacement_is_made_first_and_the_old_one_deleted_in_the_cleanup(
    world: World, stack: Stack, kind: str
) -> None:
    stack.create(BOTH[kind][0])
    since = len(world.calls)
    replacement = throughput("sup-other") if kind == "throughput" else deployment("sup-other")

    assert stack.update(replacement) == "UPDATE_COMPLETE"

    changes = [name for name in mutating(world, since) if name.startswith("bedrock.")]
    assert [name.split("_")[0] for name in changes] == ["bedrock.create", "bedrock.delete"]
    assert [item.name for item in world.bedrock.billed()] == ["sup-other"]
    assert [request.event["RequestType"] for request in stack.requests] == ["Create", "Update", "Delete"]


def test_fault_11_a_cleanup_that_fails_is_on_record_and_its_throughput_keeps_its_owners_tags(
    world: World, stack: Stack
) -> None:
    stack.create(throughput())
    world.plan = fault_at(DELETE, Fault("error", "ValidationException"), times=100)

    assert stack.update(throughput("sup-other")) == "UPDATE_COMPLETE"

    assert stack.abandoned == ["sup-support"]
    last = json.loads(world.log[-1])
    assert (last["request_type"], last["outcome"], last["physical_id"]) == ("Delete", "FAILED", "sup-support")
    old = next(item for item in world.bedrock.billed() if item.name == "sup-support")
    assert old.tags["bedrock-kit:deployment"] == "sup"
    assert old.tags["bedrock-kit:resource"] == "sup-training/Throughput"


@pytest.mark.parametrize("adopts", [False, True])
@pytest.mark.parametrize("kind", BOTH)
def test_fault_12_a_replacement_that_fails_is_undone_whatever_id_cloudformation_goes_by(
    world: World, stack: Stack, adopts: bool, kind: str
) -> None:
    stack.adopts_failed_ids = adopts
    stack.create(BOTH[kind][0])
    world.bedrock.settings.fail = lambda name: name == "sup-other"
    replacement = throughput("sup-other") if kind == "throughput" else deployment("sup-other")

    assert stack.update(replacement) == "UPDATE_ROLLBACK_COMPLETE"

    assert [item.name for item in world.bedrock.billed()] == ["sup-support"]
    assert [item.physical_id for item in stack.resources.values()] == ["sup-support"]
    assert stack.delete() == "DELETE_COMPLETE"
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("seconds", [0.5, 100.0, 700.0])
def test_fault_12_an_update_cancelled_by_a_sibling_is_swapped_back(world: World, stack: Stack, seconds: float) -> None:
    stack.create(throughput())

    assert stack.update(throughput("sup-other"), sibling_fails_after=seconds) == "UPDATE_ROLLBACK_COMPLETE"

    assert [item.name for item in world.bedrock.billed()] == ["sup-support"]


def test_fault_12_an_update_in_place_that_fails_is_swapped_back(world: World, stack: Stack) -> None:
    stack.create(throughput())
    world.plan = fault_at("bedrock.update_provisioned_model_throughput", Fault("error", "ValidationException"))

    assert stack.update(throughput(ModelIdentifier=NEW_MODEL)) == "UPDATE_ROLLBACK_COMPLETE"

    assert [item.next_model for item in world.bedrock.billed()] == [MODEL]


def test_fault_12_an_update_in_place_that_succeeded_is_swapped_back(world: World, stack: Stack) -> None:
    stack.create(throughput())

    changed = throughput(ModelIdentifier=NEW_MODEL)
    assert stack.update(changed, sibling_fails_after=1000.0) == "UPDATE_ROLLBACK_COMPLETE"

    assert [item.next_model for item in world.bedrock.billed()] == [MODEL]
    assert len([call for call in world.calls if call.operation == "update_provisioned_model_throughput"]) == 2


def test_fault_12_a_rollback_that_fails_leaves_a_stack_that_deletes_both(world: World, stack: Stack) -> None:
    stack.create(throughput())
    refused = [False]

    def refuse_the_way_back(call: Call) -> Fault | None:
        refused[0] = refused[0] or (len(stack.requests) == 3 and call.service == "bedrock")
        return Fault("error", "ValidationException") if refused[0] and call.service == "bedrock" else None

    world.plan = refuse_the_way_back
    assert stack.update(throughput("sup-other"), sibling_fails_after=1000.0) == "UPDATE_ROLLBACK_FAILED"
    world.plan = lambda call: None

    assert stack.delete() == "DELETE_COMPLETE"
    assert world.bedrock.billed() == []


def test_fault_12_properties_round_trip(world: World, stack: Stack) -> None:
    def never(call: Call) -> Fault | None:
        return None

    world.plan = never
    stack.create(throughput())
    before = dict(stack.resources)
    stack.update(throughput(ModelUnits=2))

    assert {name: item.properties for name, item in stack.resources.items()} == {
        name: item.properties for name, item in before.items()
    }


def test_fault_12_an_update_that_lambda_repeats_does_not_come_before_the_way_back(world: World, stack: Stack) -> None:
    """The first is repeated a minute later, when the second was answered long ago."""
    stack.create(throughput())
    killed = [False]

    def before_it_is_noted(call: Call) -> Fault | None:
        if killed[0] or "Delivered" not in call.parameters.get("UpdateExpression", "").partition("REMOVE")[0]:
            return None
        killed[0] = True
        return Fault("kill")

    world.plan = before_it_is_noted
    assert stack.update(throughput(ModelUnits=2)) == "UPDATE_ROLLBACK_COMPLETE"

    assert len(world.invocations[1].attempts) == 2
    assert [request.status for request in stack.requests] == ["SUCCESS", "FAILED", "SUCCESS"]
