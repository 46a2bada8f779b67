"""Faults of Updates in the conversation with CloudFormation: numbers 10 to 12."""

import json

import pytest

from tests.cloudformation_harness.clients import Call, Fault
from tests.cloudformation_harness.cloudformation import Stack, Template
from tests.cloudformation_harness.templates import MODEL, NEW_MODEL, access, deployment, throughput
from tests.cloudformation_harness.world import World, fault_at
from tests.custom_resources.serving_kinds import mutating


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


def test_fault_11_a_replacement_is_made_first_and_the_old_one_deleted_in_the_cleanup(
    world: World, stack: Stack
) -> None:
    stack.create(deployment())
    since = len(world.calls)

    assert stack.update(deployment("sup-other")) == "UPDATE_COMPLETE"

    changes = [name for name in mutating(world, since) if name.startswith("bedrock.")]
    assert [name.split("_")[0] for name in changes] == ["bedrock.create", "bedrock.delete"]
    assert [item.name for item in world.bedrock.billed()] == ["sup-other"]
    assert [request.event["RequestType"] for request in stack.requests] == ["Create", "Update", "Delete"]


@pytest.mark.parametrize("commitment", [None, "SixMonths"])
def test_fault_11_a_throughput_is_renamed_so_that_nothing_is_bought_beside_it(
    world: World, stack: Stack, commitment: str | None
) -> None:
    stack.create(throughput(CommitmentDuration=commitment))
    since, (item,) = len(world.calls), world.bedrock.billed()

    assert stack.update(throughput("sup-other", CommitmentDuration=commitment)) == "UPDATE_COMPLETE"

    changes = [name for name in mutating(world, since) if name.startswith("bedrock.")]
    assert changes == ["bedrock.update_provisioned_model_throughput"]
    assert (world.bedrock.billed(), item.name, world.bedrock.purchases) == ([item], "sup-other", 1)
    assert [request.event["RequestType"] for request in stack.requests] == ["Create", "Update"]


def test_fault_11_a_cleanup_that_fails_is_on_record(world: World, stack: Stack) -> None:
    stack.create(deployment())
    world.plan = fault_at("bedrock.delete_custom_model_deployment", Fault("error", "ValidationException"), times=100)

    assert stack.update(deployment("sup-other")) == "UPDATE_COMPLETE"

    assert stack.abandoned == ["sup-support"]
    last = json.loads(world.log[-1])
    assert (last["request_type"], last["outcome"], last["physical_id"]) == ("Delete", "FAILED", "sup-support")
    old = next(item for item in world.bedrock.billed() if item.name == "sup-support")
    assert old.tags["bedrock-kit:deployment"] == "sup"


@pytest.mark.parametrize("adopts", [False, True])
def test_fault_12_a_replacement_that_fails_is_undone_whatever_id_cloudformation_goes_by(
    world: World, stack: Stack, adopts: bool
) -> None:
    stack.adopts_failed_ids = adopts
    stack.create(deployment())
    world.bedrock.settings.fail = lambda name: name == "sup-other"

    assert stack.update(deployment("sup-other")) == "UPDATE_ROLLBACK_COMPLETE"

    assert [item.name for item in world.bedrock.billed()] == ["sup-support"]
    assert [item.physical_id for item in stack.resources.values()] == ["sup-support"]
    assert stack.delete() == "DELETE_COMPLETE"
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("adopts", [False, True])
def test_fault_12_a_rename_that_fails_is_undone(world: World, stack: Stack, adopts: bool) -> None:
    stack.adopts_failed_ids = adopts
    stack.create(throughput())
    rename = "bedrock.update_provisioned_model_throughput"
    world.plan = fault_at(rename, Fault("error", "ValidationException"))

    assert stack.update(throughput("sup-other")) == "UPDATE_ROLLBACK_COMPLETE"

    assert ([item.name for item in world.bedrock.billed()], world.bedrock.purchases) == (["sup-support"], 1)
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
