"""Bedrock's calls for one provisioned throughput: find it, order it, delete it."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from custom_resources.account.ownership import carries, ownership, tag_list
from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput.commitment import committed_reason
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.aws_errors import says_absent, says_busy, says_denied
from kit_contract.errors import ResourceFailedError

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import CreateProvisionedModelThroughputRequestTypeDef as CreateRequest
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

LONGEST_NAME = 63
PHASES = {"Creating": Phase.IN_PROGRESS, "InService": Phase.READY, "Updating": Phase.IN_PROGRESS, "Failed": None}


def next_name(name: str) -> str | None:
    """The name of the throughput that a migration buys (migration.py of the controller); None if it is too long."""
    following = f"{name}-next"
    return following if len(following) <= LONGEST_NAME else None


def find(bedrock: "BedrockClient", identifier: str) -> "Throughput | None":
    """By its name or ARN. Of another deployment's, which the role may not get, what the list shows."""
    try:
        return bedrock.get_provisioned_model_throughput(provisionedModelId=identifier)
    except Exception as error:
        if says_absent(error):
            return None
        listed = _listed(bedrock, identifier) if says_denied(error) else None
        if listed is None:
            raise
        return listed


def _listed(bedrock: "BedrockClient", identifier: str) -> "Throughput | None":
    pages = bedrock.get_paginator("list_provisioned_model_throughputs").paginate()
    for item in (item for page in pages for item in page["provisionedModelSummaries"]):
        if identifier in (item["provisionedModelName"], item["provisionedModelArn"]):
            return cast("Throughput", item)  # all fields but failureMessage
    return None


def owned(bedrock: "BedrockClient", wanted: ThroughputProperties) -> "list[Throughput]":
    """All that carry the tags of `wanted`'s own resource, whatever their names."""
    pages = bedrock.get_paginator("list_provisioned_model_throughputs").paginate()
    arns = [item["provisionedModelArn"] for page in pages for item in page["provisionedModelSummaries"]]
    tags = ownership(wanted.kit_deployment, resource=wanted.owner)
    found = [find(bedrock, arn) for arn in arns if carries(bedrock, arn, tags)]
    return [item for item in found if item]


def is_ours(bedrock: "BedrockClient", found: "Throughput", wanted: ThroughputProperties) -> bool:
    """Whether it carries the tags of `wanted`'s own resource."""
    return carries(bedrock, found["provisionedModelArn"], ownership(wanted.kit_deployment, resource=wanted.owner))


def is_of_deployment(bedrock: "BedrockClient", found: "Throughput", kit_deployment: str) -> bool:
    return carries(bedrock, found["provisionedModelArn"], ownership(kit_deployment))


def rename(bedrock: "BedrockClient", found: "Throughput", name: str) -> None:
    bedrock.update_provisioned_model_throughput(
        provisionedModelId=found["provisionedModelArn"], desiredProvisionedModelName=name
    )


def order(bedrock: "BedrockClient", wanted: ThroughputProperties, model: str, token: str) -> None:
    """Bedrock creates one throughput for all orders with the same `token`."""
    request: CreateRequest = {
        "provisionedModelName": wanted.name,
        "modelId": model,
        "modelUnits": wanted.model_units,
        "tags": tag_list(ownership(wanted.kit_deployment, alias=wanted.alias, resource=wanted.owner)),
        "clientRequestToken": token,
    }
    if wanted.commitment:
        request["commitmentDuration"] = wanted.commitment
    bedrock.create_provisioned_model_throughput(**request)


def request_deletion(
    bedrock: "BedrockClient", found: "Throughput", wanted: ThroughputProperties, now: datetime
) -> None:
    """A busy (Creating, Updating) or absent throughput is not an error: call again.

    Raises ResourceFailedError for one under a commitment.
    """
    try:
        bedrock.delete_provisioned_model_throughput(provisionedModelId=found["provisionedModelArn"])
    except Exception as error:
        busy = found["status"] in ("Creating", "Updating")
        if says_busy(error) and not busy:
            raise ResourceFailedError(f"{committed_reason(found, wanted, now)} ({error})") from None
        if not says_busy(error) and not says_absent(error):
            raise


def phase_of(found: "Throughput") -> Phase:
    """Raises ResourceFailedError, with Bedrock's reason, for status Failed; and for an unknown status."""
    status, name = found["status"], found["provisionedModelName"]
    if status not in PHASES:
        raise ResourceFailedError(f"provisioned throughput {name} has the unknown status {status}; update the kit")
    phase = PHASES[status]
    if phase is None:
        message = found.get("failureMessage", "no reason given")
        raise ResourceFailedError(f"provisioned throughput {name} is {status}: {message}")
    return phase
