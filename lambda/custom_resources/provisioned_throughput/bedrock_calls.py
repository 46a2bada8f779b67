"""Bedrock's calls about one provisioned throughput, for its lifecycle and its schedule: found, bought, released."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import Phase, ResourceFailedError, error_code
from custom_resources.ownership import carries, ownership, tag_list
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import CreateProvisionedModelThroughputRequestTypeDef as CreateRequest
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

LONGEST_NAME = 63
PHASES = {"Creating": Phase.IN_PROGRESS, "InService": Phase.READY, "Updating": Phase.IN_PROGRESS, "Failed": None}


def next_name(name: str) -> str | None:
    """Under which a move to another size orders (migration.py of the controller); None where too long."""
    moved = f"{name}-next"
    return moved if len(moved) <= LONGEST_NAME else None


def find(bedrock: "BedrockClient", identifier: str) -> "Throughput | None":
    try:
        return bedrock.get_provisioned_model_throughput(provisionedModelId=identifier)
    except Exception as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None


def is_ours(bedrock: "BedrockClient", found: "Throughput", wanted: ThroughputProperties) -> bool:
    marks = ownership(wanted.kit_deployment, resource=wanted.owner)
    return carries(bedrock, found["provisionedModelArn"], marks)


def is_of(bedrock: "BedrockClient", found: "Throughput", deployment: str) -> bool:
    return carries(bedrock, found["provisionedModelArn"], ownership(deployment))


def buy(bedrock: "BedrockClient", wanted: ThroughputProperties, model: str, token: str) -> None:
    """The same token buys once, however often it is asked with."""
    order: CreateRequest = {
        "provisionedModelName": wanted.name,
        "modelId": model,
        "modelUnits": wanted.model_units,
        "tags": tag_list(ownership(wanted.kit_deployment, alias=wanted.alias, resource=wanted.owner)),
        "clientRequestToken": token,
    }
    if wanted.commitment:
        order["commitmentDuration"] = wanted.commitment
    bedrock.create_provisioned_model_throughput(**order)


def ask_delete(bedrock: "BedrockClient", found: "Throughput", wanted: ThroughputProperties) -> None:
    """Busy (Creating, Updating) or already gone is no error: it is asked again. Else raises ResourceFailedError."""
    try:
        bedrock.delete_provisioned_model_throughput(provisionedModelId=found["provisionedModelArn"])
    except Exception as error:
        busy = found["status"] in ("Creating", "Updating")
        if error_code(error) == "ConflictException" and not busy:
            raise ResourceFailedError(f"{committed_reason(found, wanted)} ({error})") from None
        if error_code(error) not in ("ConflictException", "ResourceNotFoundException"):
            raise


def phase_of(found: "Throughput") -> Phase:
    """Raises ResourceFailedError with Bedrock's reason for one that failed, and for a status that is not known."""
    status, name = found["status"], found["provisionedModelName"]
    if status not in PHASES:
        raise ResourceFailedError(f"provisioned throughput {name} has the unknown status {status}; update the kit")
    phase = PHASES[status]
    if phase is None:
        message = found.get("failureMessage", "no reason given")
        raise ResourceFailedError(f"provisioned throughput {name} is {status}: {message}")
    return phase


def is_committed(found: "Throughput", now: datetime) -> bool:
    end = found.get("commitmentExpirationTime")
    return bool(found.get("commitmentDuration")) and end is not None and end > now


def committed_reason(found: "Throughput", wanted: ThroughputProperties, now: datetime | None = None) -> str:
    """Until when it cannot be deleted, what that still costs, and the command for the day after."""
    end = found.get("commitmentExpirationTime")
    return (
        f"provisioned throughput {found['provisionedModelName']} cannot be deleted before its commitment ends on "
        f"{end.isoformat() if end else 'a day that Bedrock does not tell'}; until then it costs "
        f"{_remaining_cost(end, wanted, now or datetime.now(UTC))} more, and it renews itself then: turn that off in "
        "Bedrock's console before. On that day: aws bedrock delete-provisioned-model-throughput "
        f"--provisioned-model-id {found['provisionedModelArn']}; to destroy the stack now, retain this resource"
    )


def _remaining_cost(end: datetime | None, wanted: ThroughputProperties, now: datetime) -> str:
    if end is None or wanted.accepted_hourly_cost_usd is None:
        return "an unknown amount (no price was given at synth)"
    hours = max(end - now, timedelta()) / timedelta(hours=1)
    return f"at most {hours * wanted.accepted_hourly_cost_usd:,.2f} USD (at the accepted price)"
