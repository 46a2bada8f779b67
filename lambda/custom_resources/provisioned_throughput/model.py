"""Which model a throughput should serve, and the swap to another custom model while it is in service.

A promotion swaps the model first and publishes it last, once every target serves it. Meanwhile the throughput serves a
model that is not published yet, and a swap back would undo the promotion.
"""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources.account import json_parameter
from custom_resources.account.ownership import carries, ownership
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.errors import ResourceFailedError
from kit_contract.parameters import customization_promoted
from kit_contract.run_names import bedrock_names

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_ssm import SSMClient

# The workflow waits up to an hour for the promoted model to be in service; after that the promotion has failed.
LONGEST_PROMOTION = timedelta(minutes=70)


def wanted_model(clients: Clients, wanted: ThroughputProperties) -> str | None:
    """A foundation model id with its context suffix, or a custom model's ARN; None while nothing is trained.

    A customization's model is the promoted one. Before the first promotion it is the newest Active custom model that
    the training workflow created for the customization.
    """
    if wanted.model_identifier:
        return wanted.model_identifier
    return _promoted_model(clients.ssm, wanted) or _newest_model(clients.bedrock, wanted)


def swap_model(clients: Clients, wanted: ThroughputProperties, found: "Throughput", now: datetime) -> bool:
    """Start the swap to the wanted model. False if `found` serves it already, or while a promotion may be running.

    Without a promoted model, as while a customization is renamed, `found` keeps what it serves.
    """
    model = wanted.model_identifier or _promoted_model(clients.ssm, wanted)
    if model is None or _is_same_model(found["desiredModelArn"], model):
        return False
    if wanted.customization and _promotion_may_run(clients.ssm, wanted, found, now):
        return False
    if not serves_custom_model(found):
        raise ResourceFailedError(
            f"provisioned throughput {wanted.name} serves {found['desiredModelArn']}, wanted {model}: Bedrock changes "
            "the model of custom models only; restore the setting, or destroy this stack and deploy it again"
        )
    clients.bedrock.update_provisioned_model_throughput(
        provisionedModelId=found["provisionedModelArn"], desiredModelId=model
    )
    return True


def _promoted_model(ssm: "SSMClient", wanted: ThroughputProperties) -> str | None:
    if not wanted.customization:
        raise ResourceFailedError(f"provisioned throughput {wanted.name} needs a model or a customization, got neither")
    parameter = customization_promoted(wanted.kit_deployment, wanted.customization)
    promoted = json_parameter.read(ssm, parameter) or {}
    return str(promoted.get("custom_model_arn") or "") or None


def serves_custom_model(found: "Throughput") -> bool:
    return ":custom-model/" in found["desiredModelArn"]


def _is_same_model(arn: str, identifier: str) -> bool:
    """Whether `arn` is the model that `identifier` names: an ARN, or an id with or without its context suffix."""
    model_id = arn.rpartition("/")[2]
    return identifier in (arn, model_id) or identifier.startswith(f"{model_id}:")


def _newest_model(bedrock: "BedrockClient", wanted: ThroughputProperties) -> str | None:
    names = "|".join(map(re.escape, bedrock_names(wanted.kit_deployment, str(wanted.customization))))
    pages = bedrock.get_paginator("list_custom_models").paginate(
        nameContains=f"{wanted.customization}-", sortBy="CreationTime", sortOrder="Descending", modelStatus="Active"
    )
    for page in pages:
        for model in page["modelSummaries"]:
            named = re.fullmatch(f"({names})-[0-9a-f]{{16}}", model["modelName"])
            if named and carries(bedrock, model["modelArn"], ownership(wanted.kit_deployment)):
                return model["modelArn"]
    return None


def _promotion_may_run(ssm: "SSMClient", wanted: ThroughputProperties, found: "Throughput", now: datetime) -> bool:
    """Whether it is Updating, or was updated since the last promotion ended, not longer ago than a promotion takes."""
    if found["status"] == "Updating":
        return True
    parameter = customization_promoted(wanted.kit_deployment, str(wanted.customization))
    promoted = json_parameter.read(ssm, parameter) or {}
    modified = found["lastModifiedTime"]
    if "promoted_at" not in promoted or modified <= datetime.fromisoformat(promoted["promoted_at"]):
        return False
    return now - modified < LONGEST_PROMOTION
