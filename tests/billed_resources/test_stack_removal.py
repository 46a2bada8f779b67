"""A stack's deletion is waited for; what is kept and why one fails is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billed_resources.kit_stacks import kit_stacks
from billed_resources.stack_cost import StackCost, cost_of_stacks
from billed_resources.stack_removal import Removal, Waiting, remove_stack
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_prices
from tests.billed_resources.fake_aws import NOW, REGION, FakeAws, Refused, event

STACK = "sup-provisioned-throughput"


class Clock:
    """Sleeping moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.said: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def waiting(self) -> Waiting:
        return Waiting(self.said.append, sleep=self.sleep, clock=lambda: self.now)


@pytest.fixture
def aws() -> FakeAws:
    made = FakeAws()
    made.add_stack(STACK, "sup")
    return made


def remove(aws: FakeAws, clock: Clock) -> Removal:
    (stack,) = kit_stacks(aws.client("cloudformation"))
    return remove_stack(StackCost(stack), aws.client("cloudformation"), clock.waiting())


def test_it_is_gone_and_what_is_kept_is_named(aws: FakeAws) -> None:
    (arn,) = aws.kit_stacks
    aws.events[arn].insert(1, event(arn, "the-bucket", "DELETE_SKIPPED", ResourceType="AWS::S3::Bucket"))
    aws.events[arn].append(event(arn, "an-older-bucket", "DELETE_SKIPPED", ResourceType="AWS::S3::Bucket"))

    removal = remove(aws, Clock())

    assert (removal.removed, removal.kept) == (True, ["AWS::S3::Bucket the-bucket"])
    assert aws.deleted == [STACK]


def test_a_failure_has_its_reason_of_this_deletion(aws: FakeAws) -> None:
    (arn,) = aws.kit_stacks
    aws.deletions[arn] = ["DELETE_IN_PROGRESS", "DELETE_FAILED"]
    failed = event(arn, "the-thing", "DELETE_FAILED", ResourceStatusReason="it is in use")
    old = event(arn, "the-thing", "DELETE_FAILED", ResourceStatusReason="last year's reason")
    aws.events[arn] = [event(arn, arn, "DELETE_FAILED"), failed, event(arn, arn, "DELETE_IN_PROGRESS"), old]

    removal = remove(aws, Clock())

    assert (removal.removed, removal.reason) == (False, "the stack is DELETE_FAILED; X: it is in use")


def test_a_refusal_is_the_reason(aws: FakeAws) -> None:
    aws.refuse["DeleteStack"] = Refused("ValidationError", "cannot be deleted while TerminationProtection is enabled")

    removal = remove(aws, Clock())

    assert not removal.removed
    assert "TerminationProtection" in removal.reason


def test_a_long_deletion_is_never_silent_for_half_a_minute(aws: FakeAws) -> None:
    (arn,) = aws.kit_stacks
    aws.deletions[arn] = ["DELETE_IN_PROGRESS"] * 60 + ["DELETE_COMPLETE"]
    aws.events[arn].insert(0, event(arn, "the-thing", "DELETE_IN_PROGRESS"))
    clock = Clock()

    assert remove(aws, clock).removed

    assert clock.now >= 180
    assert len(clock.said) >= clock.now // 30
    assert "21 s so far: X DELETE_IN_PROGRESS" in clock.said[1]


def test_one_that_is_being_deleted_is_waited_for_only(aws: FakeAws) -> None:
    (arn,) = aws.kit_stacks
    aws.kit_stacks[arn]["StackStatus"] = "DELETE_IN_PROGRESS"

    assert remove(aws, Clock()).removed

    assert aws.deleted == []


def test_a_commitment_is_left_alone(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billed_resources.cost.price", fake_prices.price)
    tags = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/SupportThing"}
    ends = NOW + timedelta(days=20)
    aws.add_throughput("sup-support", tags, commitmentDuration="OneMonth", commitmentExpirationTime=ends)
    (cost,) = cost_of_stacks(kit_stacks(aws.client("cloudformation")), aws.clients(), REGION, NOW)

    removal = remove_stack(cost, aws.client("cloudformation"), Clock().waiting())

    assert not removal.removed
    assert "committed until 2026-12-15, 4,800.00 USD left to pay" in removal.reason
    assert aws.deleted == []
