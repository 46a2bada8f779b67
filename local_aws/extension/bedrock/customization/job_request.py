"""Checks a CreateModelCustomizationJob request: names, S3 URIs, hyperparameters. Pure."""

import re
from typing import Any

from local_aws.extension.bedrock.customization.base_models import HYPERPARAMETERS

JOB_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9+.]*")
MODEL_NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,63}")
S3_URI = re.compile(r"s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:/[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*)?/?")
MAX_NAME, MAX_URI, MAX_VALIDATORS = 63, 1024, 10


def check_request(body: dict[str, Any]) -> str:
    """Bedrock's message for the first member that breaks its pattern, or an empty string."""
    members = [("jobName", JOB_NAME, body["jobName"]), ("customModelName", MODEL_NAME, body["customModelName"])]
    source = body["trainingDataConfig"]
    logs = ((source.get("invocationLogsConfig") or {}).get("invocationLogSource") or {}).get("s3Uri")
    members.append(("trainingDataConfig.s3Uri", S3_URI, source.get("s3Uri") or logs or ""))
    members.append(("outputDataConfig.s3Uri", S3_URI, body["outputDataConfig"].get("s3Uri") or ""))
    members += [("validationDataConfig.validators.s3Uri", S3_URI, uri) for uri in validators(body)]
    if len(validators(body)) > MAX_VALIDATORS:
        return f"validators must have at most {MAX_VALIDATORS} members, got {len(validators(body))}"
    for member, pattern, value in members:
        if len(value) > (MAX_URI if pattern is S3_URI else MAX_NAME) or not pattern.fullmatch(value):
            return (
                f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must "
                f"satisfy regular expression pattern: {pattern.pattern}"
            )
    return ""


def validators(body: dict[str, Any]) -> list[str]:
    """The S3 URIs of a request's validation files."""
    return [str(item.get("s3Uri") or "") for item in (body.get("validationDataConfig") or {}).get("validators") or []]


def check_hyperparameters(base: str, values: dict[str, str]) -> str:
    """Bedrock's message for the first bad hyperparameter, or an empty string."""
    known = HYPERPARAMETERS[base.split(".", 1)[0]]
    for name, value in values.items():
        if name not in known:
            return f"The provided hyperparameter {name} is not supported for base model {base}"
        low, high, _, kind = known[name]
        try:
            fits = low <= kind(value) <= high
        except (ValueError, TypeError):
            fits = False
        if not fits:
            return f"The value of hyperparameter {name} must be {kind.__name__} between {low} and {high}, got {value}"
    return ""


def resolved_hyperparameters(base: str, values: dict[str, str]) -> dict[str, str]:
    """The given values, and defaults for the others."""
    return {name: row[2] for name, row in HYPERPARAMETERS[base.split(".", 1)[0]].items() if row[2]} | values
