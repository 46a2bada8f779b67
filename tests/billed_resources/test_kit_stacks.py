"""Stacks of the kit are found by their tag on every page, and removed callers first."""

from __future__ import annotations

import random

from billed_resources.kit_stacks import kit_stacks, removal_order
from kit_contract.stacks import STACK_SUFFIXES
from tests.billed_resources.fake_aws import FakeAws


def test_only_living_stacks_with_the_tag_are_found_on_every_page() -> None:
    aws = FakeAws()
    for number in range(20):
        aws.add_stack(f"sup-{number}", "sup")
        aws.add_stack(f"theirs-{number}", None)
    aws.add_stack("sup-nested", "sup", ParentId=next(iter(aws.kit_stacks)))

    found = kit_stacks(aws.client("cloudformation"))

    assert [stack.name for stack in found] == [f"sup-{number}" for number in range(20)]
    assert {(stack.deployment, stack.region) for stack in found} == {("sup", "us-east-1")}


def test_the_order_of_removal_is_the_reverse_of_deployment_whatever_their_age() -> None:
    expected = [f"sup-{suffix}" for suffix in reversed(STACK_SUFFIXES)]
    shuffled = random.Random(1)
    for order in (shuffled.sample(STACK_SUFFIXES, len(STACK_SUFFIXES)) for _ in range(100)):
        aws = FakeAws()
        for suffix in order:
            aws.add_stack(f"sup-{suffix}", "sup")

        assert [stack.name for stack in removal_order(kit_stacks(aws.client("cloudformation")))] == expected


def test_a_stack_of_your_own_goes_before_those_it_may_use() -> None:
    aws = FakeAws()
    for name in ("sup-dashboard", "sup-inference-api", "sup-alarms"):
        aws.add_stack(name, "sup")

    order = [stack.name for stack in removal_order(kit_stacks(aws.client("cloudformation")))]

    assert order == ["sup-alarms", "sup-dashboard", "sup-inference-api"]
