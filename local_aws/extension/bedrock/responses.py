"""Responses of the emulated Bedrock API: JSON bodies, typed errors, dates and identifiers."""

import json
import secrets
import string
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import get_account_id, get_region

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.bedrock_error import BedrockError as BedrockError

Response = tuple[int, dict[str, str], bytes]
ALPHABET = string.ascii_lowercase + string.digits


def answer(body: dict[str, Any], status: int = 200) -> Response:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def refusal(error: BedrockError, status: int = 400) -> Response:
    body = json.dumps({"message": str(error), "__type": error.code}).encode()
    return status, {"Content-Type": "application/json", "x-amzn-errortype": error.code}, body


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identifier(length: int = 12) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def arn(resource: str) -> str:
    return f"arn:{partition_of(get_region())}:bedrock:{get_region()}:{get_account_id()}:{resource}"


def foundation_model_arn(model_id: str) -> str:
    return f"arn:{partition_of(get_region())}:bedrock:{get_region()}::foundation-model/{model_id}"


def required(body: dict[str, Any], *names: str) -> None:
    for name in names:
        if not body.get(name):
            raise BedrockError("ValidationException", f"{name} is required")


def tag_map(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in tags or []}
