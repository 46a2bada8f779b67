"""Which model a provisioned throughput serves: the one its properties name, or the one its customization trained."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from custom_resources.lifecycle import Request, ResourceFailedError
from custom_resources.properties import Properties
from custom_resources.serving_parameter import read_serving

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.literals import CommitmentDurationType
    from mypy_boto3_ssm import SSMClient

COMMITMENTS = ("OneMonth", "SixMonths")


@dataclass(frozen=True)
class ThroughputProperties:
    name: str
    owner: str
    kit_deployment: str
    model_units: int
    commitment: "CommitmentDurationType | None"
    model_identifier: str | None
    customization: str | None
    alias: str | None

    @classmethod
    def of(cls, request: Request) -> "ThroughputProperties":
        properties = Properties(request.properties)
        commitment = properties.optional_text("CommitmentDuration")
        if commitment is not None and commitment not in COMMITMENTS:
            raise ResourceFailedError(
                f"property CommitmentDuration must be one of {', '.join(COMMITMENTS)} or absent, got {commitment!r}"
            )
        return cls(
            owner=f"{request.stack_id.split('/')[1]}/{request.logical_id}",
            name=properties.text("ProvisionedModelName"),
            kit_deployment=properties.text("KitDeployment"),
            model_units=properties.integer("ModelUnits", minimum=1),
            commitment=cast("CommitmentDurationType | None", commitment),
            model_identifier=properties.optional_text("ModelIdentifier"),
            customization=properties.optional_text("Customization"),
            alias=properties.optional_text("Alias"),
        )


def wanted_model(bedrock: "BedrockClient", ssm: "SSMClient", wanted: ThroughputProperties) -> str:
    """A foundation model id with its context suffix, or a custom model's ARN.

    A customization's model is the one that its alias was promoted to; before the first promotion, the newest Active
    custom model that the training workflow made for it.
    """
    if wanted.model_identifier:
        return wanted.model_identifier
    if not wanted.customization:
        raise ResourceFailedError(f"provisioned throughput {wanted.name} names neither a model nor a customization")
    serving = read_serving(ssm, wanted.kit_deployment, wanted.alias) if wanted.alias else None
    found = str((serving or {}).get("custom_model_arn") or "") or _newest_model(bedrock, wanted)
    if not found:
        raise ResourceFailedError(
            f"customization {wanted.customization} has no custom model yet: train first (deploy the training stack and "
            "wait for its run), then deploy the provisioned throughput"
        )
    return found


def custom_model_run(bedrock: "BedrockClient", custom_model_arn: str) -> str:
    """The id of the training run that made the model: the end of the model's name."""
    return bedrock.get_custom_model(modelIdentifier=custom_model_arn)["modelName"].rpartition("-")[2]


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
