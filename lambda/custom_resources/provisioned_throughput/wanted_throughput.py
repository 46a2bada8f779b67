"""What is wanted of a provisioned throughput, and which model it serves: the one named, or a customization's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from custom_resources import json_parameter
from custom_resources.framework.lifecycle import Request, ResourceFailedError
from custom_resources.framework.properties import Properties

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.literals import CommitmentDurationType
    from mypy_boto3_ssm import SSMClient

COMMITMENTS = ("OneMonth", "SixMonths")


@dataclass(frozen=True)
class ThroughputProperties:
    """`owner` is <stack>/<logical id>; `schedule` (JSON) and `expires` (a day) leave the buying to the schedule.

    `accepted_hourly_cost_usd` is what the user agreed to for all model units together: the price or more.
    """

    name: str
    owner: str
    kit_deployment: str
    model_units: int
    commitment: "CommitmentDurationType | None"
    model_identifier: str | None
    customization: str | None
    alias: str | None
    schedule: str | None = None
    expires: str | None = None
    accepted_hourly_cost_usd: float | None = None

    @classmethod
    def of(cls, request: Request) -> "ThroughputProperties":
        return cls.parsed(request.properties, owner=f"{request.stack_id.split('/')[1]}/{request.logical_id}")

    @classmethod
    def parsed(cls, values: Mapping[str, Any], *, owner: str) -> "ThroughputProperties":
        properties = Properties(values)
        commitment = properties.optional_text("CommitmentDuration")
        if commitment is not None and commitment not in COMMITMENTS:
            raise ResourceFailedError(
                f"property CommitmentDuration must be one of {', '.join(COMMITMENTS)} or absent, got {commitment!r}"
            )
        price = properties.optional_text("AcceptedHourlyCostUsd")
        return cls(
            owner=owner,
            name=properties.text("ProvisionedModelName"),
            kit_deployment=properties.text("KitDeployment"),
            model_units=properties.integer("ModelUnits", minimum=1),
            commitment=cast("CommitmentDurationType | None", commitment),
            model_identifier=properties.optional_text("ModelIdentifier"),
            customization=properties.optional_text("Customization"),
            alias=properties.optional_text("Alias"),
            schedule=properties.optional_text("Schedule"),
            expires=properties.optional_text("Expires"),
            accepted_hourly_cost_usd=float(price) if price else None,
        )


def promoted_parameter(deployment: str, customization: str) -> str:
    """Written by promotion: which custom model the customization's callers are to get."""
    return f"/bedrock-kit/{deployment}/customizations/{customization}/promoted"


def wanted_model(bedrock: "BedrockClient", ssm: "SSMClient", wanted: ThroughputProperties) -> str | None:
    """A foundation model id with its context suffix, or a custom model's ARN; None while nothing is trained.

    A customization's model is the one that was promoted; before the first promotion, the newest Active custom model
    that the training workflow made for it.
    """
    if wanted.model_identifier:
        return wanted.model_identifier
    if not wanted.customization:
        raise ResourceFailedError(f"provisioned throughput {wanted.name} names neither a model nor a customization")
    promoted = json_parameter.read(ssm, promoted_parameter(wanted.kit_deployment, wanted.customization)) or {}
    return str(promoted.get("custom_model_arn") or "") or _newest_model(bedrock, wanted)


def is_same_model(arn: str, identifier: str) -> bool:
    """Whether Bedrock's `arn` is what `identifier` (ARN, or id with or without its context suffix) asks for."""
    model_id = arn.rpartition("/")[2]
    return identifier in (arn, model_id) or identifier.startswith(f"{model_id}:")


def _newest_model(bedrock: "BedrockClient", wanted: ThroughputProperties) -> str | None:
    prefix = f"{wanted.kit_deployment}-{wanted.customization}-"
    pages = bedrock.get_paginator("list_custom_models").paginate(
        nameContains=prefix, sortBy="CreationTime", sortOrder="Descending", modelStatus="Active"
    )
    for page in pages:
        for model in page["modelSummaries"]:
            if re.fullmatch(re.escape(prefix) + "[0-9a-f]{16}", model["modelName"]):
                return model["modelArn"]
    return None
