"""Who owns a resource: a living stack, an alias whose callers are sent there, nobody, or somebody else.

Only what carries both of the kit's tags can come out as nobody's. Whatever could not be asked leaves it unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from billed_resources.kit_parameters import KitParameters
from billed_resources.resource import DEPLOYMENT_TAG, RESOURCE_TAG, BilledResource, Kind
from billed_resources.stack_lookup import Existence, StackLookup

# As ownership.py of the custom resources writes it; stacks are called <deployment>-<what> (app.py).
MARK = re.compile(r"(?P<stack>[A-Za-z][-A-Za-z0-9]{0,127})/(?P<logical_id>[A-Za-z0-9]{1,255})")
MADE_BY_TRAINING = (Kind.CUSTOM_MODEL, Kind.CUSTOM_MODEL_DEPLOYMENT)  # promotion tags them with the deployment only


class Standing(Enum):
    STACK = "stack"
    ALIAS = "alias"
    NOBODY = "nobody"
    FOREIGN = "not this kit's"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Owner:
    """`ledger`: why the throughput was bought, as the kit noted it."""

    standing: Standing
    detail: str = ""
    ledger: str = ""


def owner_of(resource: BilledResource, stacks: StackLookup, parameters: KitParameters) -> Owner:
    owner = _owner(resource, stacks, parameters)
    deployment = (resource.tags or {}).get(DEPLOYMENT_TAG, "")
    return replace(owner, ledger=parameters.ledgers.get((deployment, resource.name), ""))


def _owner(resource: BilledResource, stacks: StackLookup, parameters: KitParameters) -> Owner:
    if resource.tags is None:
        return Owner(Standing.UNKNOWN, "its tags cannot be read")
    deployment = resource.tags.get(DEPLOYMENT_TAG)
    if not deployment:
        return Owner(Standing.FOREIGN, _foreign_stack(resource.tags))
    if resource.kind in MADE_BY_TRAINING:
        stack, existence = f"{deployment}-training", stacks.stack(f"{deployment}-training")
    else:
        mark = MARK.fullmatch(resource.tags.get(RESOURCE_TAG, ""))
        if mark is None or not mark["stack"].startswith(f"{deployment}-"):
            return Owner(Standing.UNKNOWN, f"deployment {deployment}, but its tag {RESOURCE_TAG} names no stack of it")
        stack, existence = mark["stack"], stacks.resource(mark["stack"], mark["logical_id"])
    if existence is Existence.ALIVE:
        return Owner(Standing.STACK, stack)
    if existence is Existence.UNKNOWN:
        return Owner(Standing.UNKNOWN, f"CloudFormation does not say whether {stack} still has it")
    return _without_a_stack(resource, stack, stacks, parameters)


def _without_a_stack(resource: BilledResource, stack: str, stacks: StackLookup, parameters: KitParameters) -> Owner:
    """An alias keeps what it points to as long as its API exists: its callers would lose their answers."""
    aliases = parameters.aliases.get(resource.arn, [])
    apis = {alias: stacks.stack(f"{alias.deployment}-inference-api") for alias in aliases}
    for alias, api in apis.items():
        if api is Existence.ALIVE:
            return Owner(Standing.ALIAS, f"{alias.name} of {alias.deployment}")
    if not parameters.complete or Existence.UNKNOWN in apis.values():
        return Owner(Standing.UNKNOWN, f"{stack} is gone; whether an alias points here cannot be read")
    return Owner(Standing.NOBODY, f"was {stack}")


def _foreign_stack(tags: Mapping[str, str]) -> str:
    stack = tags.get("aws:cloudformation:stack-name")
    return f"stack {stack}" if stack else ""
