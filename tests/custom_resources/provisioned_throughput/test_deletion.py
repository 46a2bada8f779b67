"""A Delete leaves nothing behind unnoticed, and waits for the callers."""

import json
from datetime import datetime, timedelta

import pytest

from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput.alias_capacity import publish_capacity
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.provisioned_throughput.stack import TAGS, Stack, request


def test_delete_under_commitment_fails_at_once_with_day_cost_and_command(stack: Stack) -> None:
    end = stack.aws.now + timedelta(days=10)
    item = stack.there(commitment="OneMonth", end=end)
    stack.look("Create")

    with pytest.raises(ResourceFailedError) as refused:
        stack.resource.delete(request("Delete"))

    for part in (f"ends on {end.isoformat()}", "at most 14,520.00 USD", f"--provisioned-model-id {item['arn']}"):
        assert part in str(refused.value)
    assert len(str(refused.value)) <= 900
    assert stack.aws.published  # the alias is still served


def test_delete_includes_what_a_migration_left_under_its_commitment(stack: Stack) -> None:
    kept = stack.there(name="sup-support-kept", commitment="OneMonth", end=stack.aws.now + timedelta(days=3))
    ledger = {"state": "bought", "since": stack.aws.now.isoformat(), "why": "x", "who": "x", "kept": kept["arn"]}
    stack.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = json.dumps(ledger)
    with pytest.raises(ResourceFailedError, match=f"--provisioned-model-id {kept['arn']}"):
        stack.resource.delete(request("Delete"))

    stack.aws.now += timedelta(days=4)
    stack.resource.delete(request("Delete"))

    assert stack.aws.throughputs == {}


def test_without_a_price_the_remaining_cost_is_unknown(stack: Stack) -> None:
    stack.there(commitment="OneMonth", end=stack.aws.now + timedelta(days=10))

    with pytest.raises(ResourceFailedError, match="costs an unknown amount"):
        stack.resource.delete(request("Delete", AcceptedHourlyCostUsd=""))


def test_conflict_of_a_throughput_in_service_fails(stack: Stack) -> None:
    stack.there(end=datetime.max.replace(tzinfo=stack.aws.now.tzinfo))  # committed, though Bedrock does not say so

    with pytest.raises(ResourceFailedError, match=r"cannot be deleted before its commitment ends.*committed"):
        stack.resource.delete(request("Delete"))


@pytest.mark.parametrize("old_is_there", [True, False])
def test_a_destroy_during_a_migration_deletes_both(stack: Stack, old_is_there: bool) -> None:
    if old_is_there:
        stack.there()
        stack.look("Create")
    new = stack.there(name="sup-support-next", units=2)
    publish_capacity(
        stack.aws.client("ssm"), ThroughputProperties.of(request("Delete")), stack.resource_of(new), stack.aws.now
    )

    assert stack.delete() is Phase.GONE

    assert (stack.aws.throughputs, stack.aws.published) == ({}, None)


def test_a_committed_one_that_a_migration_bought_refuses_the_destroy(stack: Stack) -> None:
    stack.there()
    stack.there(name="sup-support-next", commitment="OneMonth", end=stack.aws.now + timedelta(days=30))

    with pytest.raises(ResourceFailedError, match="sup-support-next cannot be deleted"):
        stack.resource.delete(request("Delete"))
    assert stack.aws.log == []


def test_another_deployments_throughput_of_that_name_is_not_touched(stack: Stack) -> None:
    stack.there(name="sup-support-next", tags={"bedrock-kit:deployment": "other"})

    assert stack.delete() is Phase.GONE
    assert len(stack.aws.throughputs) == 1


def test_delete_sends_callers_away_before_it_deletes(stack: Stack) -> None:
    stack.there()
    stack.look("Create")
    withdrawn = []
    stack.aws.before = lambda operation: withdrawn.append((operation, stack.aws.now))

    assert stack.delete() is Phase.GONE

    times = dict(reversed(withdrawn))  # the first of each
    waited = times["DeleteProvisionedModelThroughput"] - times["DeleteParameter"]
    assert waited >= timedelta(seconds=50)
    assert stack.aws.ledger is None


def test_without_a_caller_nothing_is_waited_for(stack: Stack) -> None:
    stack.there()

    stack.resource.delete(request("Delete"))

    assert stack.aws.throughputs == {}


def test_delete_while_creating_is_asked_again(stack: Stack) -> None:
    stack.create()

    assert stack.delete() is Phase.GONE
    assert stack.aws.throughputs == {}


@pytest.mark.parametrize("tags", [{}, {**TAGS, "bedrock-kit:deployment": "other"}])
def test_delete_of_foreign_does_nothing(stack: Stack, tags: dict[str, str]) -> None:
    stack.there(tags=tags)

    assert stack.delete() is Phase.GONE
    assert stack.aws.log == []


def test_delete_beside_a_foreign_one_still_takes_what_is_ours(stack: Stack) -> None:
    """The Create found the name taken, and an earlier Delete had left a throughput under another name."""
    foreign = stack.there(tags={})
    stack.there(name="sup-left")

    assert stack.delete() is Phase.GONE
    assert list(stack.aws.throughputs.values()) == [foreign]


@pytest.mark.parametrize("is_released", [False, True])
@pytest.mark.parametrize("left", [False, True])
def test_delete_of_a_refused_create_leaves_the_other_sections_ledger(
    stack: Stack, *, is_released: bool, left: bool
) -> None:
    """The key of a section was renamed: CloudFormation takes the new resource back, and the old one stays."""
    settings = {"owner": "sup-training/Old", "properties": {}}
    stack.aws.parameters["/bedrock-kit/sup/capacity/sup-support/settings"] = json.dumps(settings)
    ledger = json.dumps({"state": "bought", "since": stack.aws.now.isoformat(), "why": "deployed", "who": "x"})
    stack.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = ledger
    others = [] if is_released else [stack.there(tags={**TAGS, "bedrock-kit:resource": "sup-training/Old"})]
    if left:
        stack.there(name="sup-left")

    assert stack.delete() is Phase.GONE
    assert list(stack.aws.throughputs.values()) == others
    assert stack.aws.ledger == json.loads(ledger)


def test_delete_of_absent_takes_a_parameter_along_that_points_nowhere(stack: Stack) -> None:
    stack.there()
    stack.look("Create")
    stack.aws.throughputs.clear()

    assert stack.delete() is Phase.GONE
    assert stack.aws.published is None


def test_what_an_earlier_release_left_beside_it_goes_too(stack: Stack) -> None:
    """Release 0.1.0 bought a second one for a new name, and a cleanup that failed left the first."""
    stack.there(name="sup-old")
    stack.there()

    assert stack.delete() is Phase.GONE
    assert stack.aws.throughputs == {}
