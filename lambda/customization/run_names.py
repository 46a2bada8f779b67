"""Names that follow from a run's content: the same data and settings give the same names, for ever. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

RUN_ID_LENGTH = 16


def run_id(specification: Mapping[str, Any], dataset_sha256: str) -> str:
    """16 hexadecimal digits over base model, method, hyperparameters, dataset and validation set, if there is one.

    The validation set's key names its content.
    """
    content = {
        "base_model": specification["base_model"],
        "method": specification["method"],
        "hyperparameters": specification["hyperparameters"],
        "dataset_sha256": dataset_sha256,
    }
    if "validation_key" in specification:
        content["validation_key"] = specification["validation_key"]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:RUN_ID_LENGTH]


def custom_model_name(deployment: str, customization: str, run: str) -> str:
    """At most 63 characters (CreateModelCustomizationJob, customModelName): synth refuses longer names."""
    return f"{deployment}-{customization}-{run}"


def specification_parameter(deployment: str, customization: str) -> str:
    return f"/bedrock-kit/{deployment}/customizations/{customization}"


def promoted_parameter(deployment: str, customization: str) -> str:
    """Which model the customization's callers are to get: a throughput that is bought later takes it from here."""
    return f"{specification_parameter(deployment, customization)}/promoted"


def serving_parameter(deployment: str, alias: str) -> str:
    return f"/bedrock-kit/{deployment}/aliases/{alias}/serving"


def run_prefix(customization: str, run: str) -> str:
    return f"runs/{customization}/{run}/"
