"""ARNs of models, profiles and throughputs that deployment.toml names in place of a model id.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html (resource types)
"""

from __future__ import annotations

from typing import NamedTuple

FOUNDATION_MODEL = "foundation-model"
INFERENCE_PROFILE = "inference-profile"
APPLICATION_INFERENCE_PROFILE = "application-inference-profile"
PROVISIONED_MODEL = "provisioned-model"
CUSTOM_MODEL_DEPLOYMENT = "custom-model-deployment"
IMPORTED_MODEL = "imported-model"
CUSTOM_MODEL = "custom-model"


class ModelArn(NamedTuple):
    """`kind` is the resource type; `name` what follows it. A foundation model has no account."""

    text: str
    partition: str
    region: str
    account: str
    kind: str
    name: str


def model_arn(identifier: str) -> ModelArn | None:
    """The parts of `identifier`, or None if it is no ARN but an id."""
    if not identifier.startswith("arn:"):
        return None
    _, partition, _, region, account, resource = identifier.split(":", 5)
    kind, _, name = resource.partition("/")
    return ModelArn(identifier, partition, region, account, kind, name)


def plain_id(identifier: str) -> str | None:
    """The id of a foundation model or a system-defined profile, also from its ARN; None for any other resource."""
    arn = model_arn(identifier)
    if arn is None:
        return identifier
    return arn.name if arn.kind in (FOUNDATION_MODEL, INFERENCE_PROFILE) else None


def base_of_custom_model(identifier: str) -> str:
    """The base model in a custom model's ARN; empty for a model of SageMaker AI, whose ARN does not tell it."""
    arn = model_arn(identifier)
    base = arn.name.rpartition("/")[0] if arn and arn.kind == CUSTOM_MODEL else ""
    return "" if base == "imported" else base


def is_imported_model(identifier: str) -> bool:
    return f":{IMPORTED_MODEL}/" in identifier


def shown(identifier: str) -> str:
    """`identifier` for callers of the inference API: an ARN without partition, region and account."""
    return identifier.split(":", 5)[5] if identifier.startswith("arn:") else identifier
