"""Deletes stacks through CloudFormation, waits until they are gone, and says what was kept or why one was not deleted.

DELETE_IN_PROGRESS -> DELETE_COMPLETE or DELETE_FAILED. A stack may be asked again after DELETE_FAILED.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from billed_resources.deletion import committed
from billed_resources.kit_stacks import KitStack
from billed_resources.stack_cost import StackCost

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

SAY_EVERY_SECONDS = 20.0


@dataclass(frozen=True)
class Removal:
    """`reason`: why it was not deleted. `kept`: resources that its removal policies keep, as type and id."""

    stack: KitStack
    removed: bool
    reason: str = ""
    kept: Sequence[str] = ()


@dataclass(frozen=True)
class Waiting:
    """How a deletion is waited for; `say` gets lines for people."""

    say: Callable[[str], None]
    poll_seconds: float = 3.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def remove_stack(cost: StackCost, cloudformation: "CloudFormationClient", waiting: Waiting) -> Removal:
    """A commitment cannot be ended early, so a stack that has one is left alone."""
    stack = cost.stack
    if cost.commitments:
        return Removal(stack, False, "; ".join(committed(commitment) for commitment in cost.commitments))
    waiting.say(f"deleting {stack.name} in {stack.region}")
    try:
        if stack.status != "DELETE_IN_PROGRESS":
            cloudformation.delete_stack(StackName=stack.arn)
        status = _wait(stack, cloudformation, waiting)
        events = list(_latest_deletion(stack, cloudformation))
    except (ClientError, BotoCoreError) as error:
        return Removal(stack, False, str(error))
    kept = [f"{event['ResourceType']} {event['PhysicalResourceId']}" for event in _with(events, "DELETE_SKIPPED")]
    if status == "DELETE_COMPLETE":
        return Removal(stack, True, kept=kept)
    reasons = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason') or 'no reason given'}"
        for event in _with(events, "DELETE_FAILED")
        if event["PhysicalResourceId"] != stack.arn
    ]
    return Removal(stack, False, "; ".join([f"the stack is {status}", *reasons]), kept)


def _wait(stack: KitStack, cloudformation: "CloudFormationClient", waiting: Waiting) -> str:
    """The status in which the deletion ended."""
    begun = said = waiting.clock()
    while True:
        found = cloudformation.describe_stacks(StackName=stack.arn)["Stacks"][0]
        if found["StackStatus"] != "DELETE_IN_PROGRESS":
            return found["StackStatus"]
        now = waiting.clock()
        if now - said >= SAY_EVERY_SECONDS:
            said = now
            waiting.say(f"deleting {stack.name}, {now - begun:.0f} s so far: {_current(stack, cloudformation)}")
        waiting.sleep(waiting.poll_seconds)


def _current(stack: KitStack, cloudformation: "CloudFormationClient") -> str:
    newest = next(_latest_deletion(stack, cloudformation), None)
    return f"{newest['LogicalResourceId']} {newest['ResourceStatus']}" if newest else "no event yet"


def _latest_deletion(stack: KitStack, cloudformation: "CloudFormationClient") -> Iterator[dict[str, Any]]:
    """The events since the stack's deletion began, newest first."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack.arn):
        for event in page["StackEvents"]:
            if event["PhysicalResourceId"] == stack.arn and event["ResourceStatus"] == "DELETE_IN_PROGRESS":
                return
            yield {**event}


def _with(events: Sequence[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    return [event for event in events if event["ResourceStatus"] == status]
