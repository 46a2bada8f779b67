"""Whether another custom model is to go behind a throughput that is there.

A promotion swaps the model first and publishes it last, when every target serves it: in between the throughput has a
model that nobody published yet. Swapping it back then would undo the promotion, so whoever reconciles leaves it alone.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources import json_parameter
from custom_resources.provisioned_throughput.wanted_throughput import (
    ThroughputProperties,
    is_same_model,
    promoted_parameter,
    wanted_model,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_ssm import SSMClient

# The workflow looks for an hour whether what it promotes is served; after that it has failed.
PROMOTION_LASTS = timedelta(minutes=70)


def model_to_swap_to(
    bedrock: "BedrockClient", ssm: "SSMClient", wanted: ThroughputProperties, found: "Throughput", now: datetime
) -> str | None:
    """None where `found` serves what is wanted, where nothing is trained, and while a promotion may be under way."""
    model = wanted_model(bedrock, ssm, wanted)
    if model is None or is_same_model(found["desiredModelArn"], model):
        return None
    return None if wanted.customization and _promotion_may_run(ssm, wanted, found, now) else model


def _promotion_may_run(ssm: "SSMClient", wanted: ThroughputProperties, found: "Throughput", now: datetime) -> bool:
    """Whether it is being swapped, or was since the last promotion ended and not longer ago than one lasts."""
    if found["status"] == "Updating":
        return True
    promoted = json_parameter.read(ssm, promoted_parameter(wanted.kit_deployment, str(wanted.customization))) or {}
    modified = found["lastModifiedTime"]
    if "promoted_at" not in promoted or modified <= datetime.fromisoformat(promoted["promoted_at"]):
        return False
    return now - modified < PROMOTION_LASTS
