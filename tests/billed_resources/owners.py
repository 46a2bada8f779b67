"""The owner of the one resource in the account."""

from __future__ import annotations

from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import list_billed
from billed_resources.owner import Owner, OwnerKind, owner_of
from billed_resources.stack_lookup import StackLookup
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources.fake_aws import NOW, REGION, FakeAws

STACK = "sup-provisioned-throughput"
OURS = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/SupportThing"}


def owner(aws: FakeAws) -> Owner:
    """Of the one resource in the account."""
    clients = aws.clients()
    (resource,) = list_billed(clients, REGION, NOW).resources
    return owner_of(resource, StackLookup(clients.cloudformation), read_kit_parameters(clients.ssm))


def kind(aws: FakeAws) -> OwnerKind:
    return owner(aws).kind
