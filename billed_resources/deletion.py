"""Deletes provisioned throughput that nobody owns. Each is checked again right before its deletion."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from botocore.exceptions import BotoCoreError, ClientError

from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import Clients, throughput
from billed_resources.owner import Owner, OwnerKind, owner_of
from billed_resources.resource import BilledResource, Commitment, Kind
from billed_resources.stack_lookup import StackLookup
from kit_contract.tags import DEPLOYMENT_TAG


class Result(Enum):
    DELETED = "deleted"
    GONE = "already gone"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    resource: BilledResource
    result: Result
    reason: str = ""


def is_orphan(resource: BilledResource, owner: Owner) -> bool:
    """Other kinds are not billed by the hour, hold data, or are never created by this kit with both tags."""
    return resource.kind is Kind.PROVISIONED_THROUGHPUT and owner.kind is OwnerKind.NOBODY


def delete_orphan(resource: BilledResource, clients: Clients, region: str, clock: Callable[[], datetime]) -> Outcome:
    """Delete `resource` if its state, tags, stack and aliases, read again, still make it an orphan."""
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
        return "its name now belongs to another provisioned throughput"
    if fresh.commitment:
        return committed(fresh.commitment)
    if fresh.status in ("Creating", "Updating"):
        return f"{fresh.status}: Bedrock cannot delete it now; run this again later"
    deployment = (fresh.tags or {}).get(DEPLOYMENT_TAG, "")
    parameters = read_kit_parameters(clients.ssm, deployment) if deployment else None
    owner = owner_of(fresh, StackLookup(clients.cloudformation), parameters) if parameters else Owner(OwnerKind.UNKNOWN)
    return "" if is_orphan(fresh, owner) else f"no longer an orphan: {owner.kind.value}, {owner.detail}"


def committed(commitment: Commitment) -> str:
    cost = "an unknown amount" if commitment.usd_left is None else f"{commitment.usd_left:,.2f} USD"
    return f"committed until {commitment.ends:%Y-%m-%d}, {cost} left to pay; delete it then, or it renews itself"


def _failed(resource: BilledResource, error: Exception) -> Outcome:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code == "ResourceNotFoundException":
        return Outcome(resource, Result.GONE)
    return Outcome(resource, Result.FAILED, str(error))
