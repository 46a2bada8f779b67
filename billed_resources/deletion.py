"""Deletes provisioned throughput that nobody owns: each is looked at again right before, one failure stops no other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from botocore.exceptions import BotoCoreError, ClientError

from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import Clients, throughput
from billed_resources.owner import Owner, Standing, owner_of
from billed_resources.resource import DEPLOYMENT_TAG, BilledResource, Commitment, Kind
from billed_resources.stack_lookup import StackLookup


class Result(Enum):
    DELETED = "deleted"
    GONE = "was gone already"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    resource: BilledResource
    result: Result
    reason: str = ""


def is_orphan(resource: BilledResource, owner: Owner) -> bool:
    """Other kinds either bill nothing by the hour, hold data, or are never made by this kit with an owner's tag."""
    return resource.kind is Kind.PROVISIONED_THROUGHPUT and owner.standing is Standing.NOBODY


def delete_orphan(resource: BilledResource, clients: Clients, region: str, clock: Callable[[], datetime]) -> Outcome:
    """`resource` as it was listed; its state, tags, stack and aliases are read anew."""
    try:
        found = clients.bedrock.get_provisioned_model_throughput(provisionedModelId=resource.arn)
        fresh = throughput(found, clients.bedrock, region, clock())
        reason = _reason_to_keep(resource, fresh, clients)
        if reason:
            return Outcome(fresh, Result.SKIPPED, reason)
        clients.bedrock.delete_provisioned_model_throughput(provisionedModelId=fresh.arn)
    except (ClientError, BotoCoreError) as error:
        return _failed(resource, error)
    return Outcome(fresh, Result.DELETED)


def _reason_to_keep(listed: BilledResource, fresh: BilledResource, clients: Clients) -> str:
    if fresh.arn != listed.arn:
        return "another one than was listed"
    if fresh.commitment:
        return committed(fresh.commitment)
    if fresh.status in ("Creating", "Updating"):
        return f"{fresh.status}: Bedrock refuses to delete it now; run this again"
    deployment = (fresh.tags or {}).get(DEPLOYMENT_TAG, "")
    parameters = read_kit_parameters(clients.ssm, deployment) if deployment else None
    owner = owner_of(fresh, StackLookup(clients.cloudformation), parameters) if parameters else Owner(Standing.UNKNOWN)
    return "" if is_orphan(fresh, owner) else f"not an orphan any more: {owner.standing.value}, {owner.detail}"


def committed(commitment: Commitment) -> str:
    cost = "an unknown sum" if commitment.usd_left is None else f"{commitment.usd_left:,.2f} USD"
    return f"committed until {commitment.ends:%Y-%m-%d}, {cost} to go; delete it after that, or it renews itself"


def _failed(resource: BilledResource, error: Exception) -> Outcome:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code == "ResourceNotFoundException":
        return Outcome(resource, Result.GONE)
    return Outcome(resource, Result.FAILED, str(error))
