"""Faults about money: numbers 22 to 25, and the rule that nothing is bought that was not asked for."""

from typing import Any

import pytest

from tests.cloudformation_harness.clients import Fault
from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.templates import throughput
from tests.cloudformation_harness.world import World, fault_at

DAY = 86_400.0
CREATE = "bedrock.create_provisioned_model_throughput"
DELETE = "bedrock.delete_provisioned_model_throughput"


def test_fault_22_a_commitment_fails_the_delete_at_once_with_day_cost_and_command(world: World, stack: Stack) -> None:
    stack.create(throughput(CommitmentDuration="OneMonth", AcceptedHourlyCostUsd="10"))

    assert stack.delete() == "DELETE_FAILED"

    delete = stack.requests[-1]
    assert delete.answered_at - delete.sent_at <= 60
    assert "2027-02-14" in delete.reason
    assert "USD" in delete.reason
    assert "aws bedrock delete-provisioned-model-throughput" in delete.reason
    assert [call.name for call in world.calls].count(DELETE) == 0

    world.scheduler.now += 31 * DAY
    assert stack.delete() == "DELETE_COMPLETE"
    assert world.bedrock.billed() == []


@pytest.mark.parametrize("changes", [{"ModelUnits": 2}, {"CommitmentDuration": "OneMonth"}])
def test_fault_23_units_or_commitment_are_refused_before_anything_is_bought(
    world: World, stack: Stack, changes: dict[str, Any]
) -> None:
    stack.create(throughput())

    assert stack.update(throughput(**changes)) == "UPDATE_ROLLBACK_COMPLETE"

    assert "Bedrock cannot change either" in stack.requests[1].reason
    assert world.bedrock.purchases == 1
    assert [(item.units, item.commitment) for item in world.bedrock.billed()] == [(1, None)]


def test_fault_24_a_quota_that_refuses_buys_nothing_else_and_names_its_code(world: World, stack: Stack) -> None:
    world.plan = fault_at(CREATE, Fault("error", "ServiceQuotaExceededException"), times=100)

    assert stack.create(throughput()) == "ROLLBACK_COMPLETE"

    assert "nothing was bought" in stack.requests[0].reason
    assert "L-BE77399C" in stack.requests[0].reason
    assert [call.name for call in world.calls].count(CREATE) == 1
    assert world.bedrock.billed() == []


def test_fault_25_a_throughput_in_service_is_deleted_when_the_stack_fails_later(world: World, stack: Stack) -> None:
    assert stack.create(throughput(), sibling_fails_after=2000) == "ROLLBACK_COMPLETE"

    assert world.bedrock.purchases == 1
    assert world.bedrock.billed() == []


def test_fault_25_a_rollback_that_cannot_delete_says_so_and_leaves_what_the_reaper_finds(
    world: World, stack: Stack
) -> None:
    world.plan = fault_at(DELETE, Fault("error", "ValidationException"), times=100)

    assert stack.create(throughput(), sibling_fails_after=2000) == "ROLLBACK_FAILED"

    (left,) = world.bedrock.billed()
    assert left.tags["bedrock-kit:resource"] == "sup-training/Throughput"
    assert "/bedrock-kit/sup/capacity/sup-support/ledger" in world.ssm.values

    world.plan = lambda call: None
    assert stack.delete() == "DELETE_COMPLETE"
    assert world.bedrock.billed() == []
