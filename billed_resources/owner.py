"""Finds the owner of a resource: a stack, an alias that points to it, nobody, or something other than this kit.

Only a resource with both of the kit's tags can be an orphan. If anything cannot be read, the owner is unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from billed_resources.kit_parameters import KitParameters
from billed_resources.resource import BilledResource, Kind
from billed_resources.stack_lookup import Existence, StackLookup
from kit_contract.run_names import RUN_ID_LENGTH
from kit_contract.stacks import inference_api_stack, training_stack
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG

# The value of RESOURCE_TAG.
OWNER_TAG = re.compile(r"(?P<stack>[A-Za-z][-A-Za-z0-9]{0,127})/(?P<logical_id>[A-Za-z0-9]{1,255})")
# A custom model's name behind the deployment's: run_names.custom_model_name.
MODEL_NAME = re.compile(rf"[-_](?P<customization>.+)-[0-9a-f]{{{RUN_ID_LENGTH}}}")
MODELS = (Kind.CUSTOM_MODEL, Kind.IMPORTED_MODEL)
MADE_BY_TRAINING = (*MODELS, Kind.CUSTOM_MODEL_DEPLOYMENT)  # tagged with the deployment only


class OwnerKind(Enum):
    STACK = "stack"
    ALIAS = "alias"
    NOBODY = "nobody"
    FOREIGN = "not this kit's"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Owner:
    """`ledger`: why the kit bought the provisioned throughput."""

    kind: OwnerKind
    detail: str = ""
    ledger: str = ""


def owner_of(resource: BilledResource, stacks: StackLookup, parameters: KitParameters) -> Owner:
    owner = _owner(resource, stacks, parameters)
    deployment = (resource.tags or {}).get(DEPLOYMENT_TAG, "")
    return replace(owner, ledger=parameters.ledgers.get((deployment, resource.name), ""))


def _owner(resource: BilledResource, stacks: StackLookup, parameters: KitParameters) -> Owner:
    if resource.tags is None:
        return Owner(OwnerKind.UNKNOWN, "its tags cannot be read")
    deployment = resource.tags.get(DEPLOYMENT_TAG)
    if not deployment:
        return Owner(OwnerKind.FOREIGN, _foreign_stack(resource.tags))
    if resource.kind in MADE_BY_TRAINING:
        stack = training_stack(deployment)
        existence = stacks.stack(stack)
    else:
        owner_tag = OWNER_TAG.fullmatch(resource.tags.get(RESOURCE_TAG, ""))
        if owner_tag is None or not owner_tag["stack"].startswith(f"{deployment}-"):
            return Owner(
                OwnerKind.UNKNOWN, f"of deployment {deployment}, but its tag {RESOURCE_TAG} names no stack of it"
            )
        stack, existence = owner_tag["stack"], stacks.resource(owner_tag["stack"], owner_tag["logical_id"])
    if existence is Existence.ALIVE and resource.kind in MODELS:
        return _owner_of_model(resource, deployment, stack, parameters)
    if existence is Existence.ALIVE:
        return Owner(OwnerKind.STACK, stack)
    if existence is Existence.UNKNOWN:
        return Owner(OwnerKind.UNKNOWN, f"CloudFormation cannot be asked whether {stack} still has it")
    return _without_a_stack(resource, stack, stacks, parameters)


def _owner_of_model(resource: BilledResource, deployment: str, stack: str, parameters: KitParameters) -> Owner:
    """Models outlive their customization: its stack owns those of customizations that it still has."""
    if not parameters.complete:
        return Owner(OwnerKind.UNKNOWN, f"whether {stack} still has its customization cannot be read")
    named = MODEL_NAME.fullmatch(resource.name.removeprefix(deployment))
    is_used = resource.arn in parameters.promoted or resource.arn in parameters.aliases
    if is_used or named is None or (deployment, named["customization"]) in parameters.customizations:
        return Owner(OwnerKind.STACK, stack)
    return Owner(OwnerKind.NOBODY, f"{stack} has no customization {named['customization']} any more")


def _without_a_stack(resource: BilledResource, stack: str, stacks: StackLookup, parameters: KitParameters) -> Owner:
    """An alias owns its target as long as its API exists: deleting the target would break its callers."""
    aliases = parameters.aliases.get(resource.arn, [])
    apis = {alias: stacks.stack(inference_api_stack(alias.deployment)) for alias in aliases}
    for alias, api in apis.items():
        if api is Existence.ALIVE:
            return Owner(OwnerKind.ALIAS, f"{alias.name} of {alias.deployment}")
    if not parameters.complete or Existence.UNKNOWN in apis.values():
        return Owner(OwnerKind.UNKNOWN, f"{stack} is gone, but the aliases that may point to it cannot be read")
    return Owner(OwnerKind.NOBODY, f"was {stack}")


def _foreign_stack(tags: Mapping[str, str]) -> str:
    stack = tags.get("aws:cloudformation:stack-name")
    return f"stack {stack}" if stack else ""
