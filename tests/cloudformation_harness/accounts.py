"""Invariants between a stack and its account, whatever went wrong: who owns what is billed, and which answers came."""

from tests.cloudformation_harness.capacity import Thing
from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.conversation import Sent

NAMES = ("ProvisionedModelName", "DeploymentName")


def name_in(properties: object) -> str:
    """The name of the resource in its properties."""
    assert isinstance(properties, dict)
    return next(str(properties[key]) for key in NAMES if key in properties)


def known_names(stack: Stack) -> set[str]:
    """Names in the stack, and names that a failed Delete or rollback reported as left over."""
    held = {name for item in stack.resources.values() for name in (name_in(item.properties), item.physical_id)}
    told = {name_in(_left_by(request)) for request in stack.requests if request.status != "SUCCESS" and _ends(request)}
    return held | told


def orphans(stack: Stack, foreign: list[Thing]) -> list[Thing]:
    """What is billed, belongs to nobody else and is unknown to the stack."""
    known = known_names(stack)
    return [item for item in stack.world.bedrock.billed() if item not in foreign and item.name not in known]


def unanswered(stack: Stack) -> list[Sent]:
    return [request for request in stack.requests if request.status == "TIMEOUT"]


def contradictory(stack: Stack) -> list[Sent]:
    """Requests with two answers that differ."""
    return [request for request in stack.requests if len(set(request.answers)) > 1]


def _ends(request: Sent) -> bool:
    """A Delete, or an Update that rolls back a replacement: nobody else deletes what it leaves over."""
    event = request.event
    if event["RequestType"] == "Delete":
        return True
    return event["RequestType"] == "Update" and name_in(event["ResourceProperties"]) == str(event["PhysicalResourceId"])


def _left_by(request: Sent) -> object:
    kept = "ResourceProperties" if request.event["RequestType"] == "Delete" else "OldResourceProperties"
    return request.event[kept]
