"""The SSM parameter that says what serves an alias: read, published and withdrawn here, replaced by promotion."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from custom_resources.lifecycle import error_code

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def parameter_name(deployment: str, alias: str) -> str:
    return f"/bedrock-kit/{deployment}/aliases/{alias}/serving"


def read_serving(ssm: "SSMClient", deployment: str, alias: str) -> dict[str, Any] | None:
    """What promotion or publish_serving wrote, or None: then the alias is served by its base target."""
    try:
        answer = ssm.get_parameter(Name=parameter_name(deployment, alias))
    except Exception as error:
        if error_code(error) != "ParameterNotFound":
            raise
        return None
    value = json.loads(answer["Parameter"]["Value"])
    return value if isinstance(value, dict) else None


def publish_serving(ssm: "SSMClient", deployment: str, alias: str, serving: dict[str, str]) -> None:
    value = {**serving, "published_at": datetime.now(UTC).isoformat(timespec="seconds")}
    ssm.put_parameter(
        Name=parameter_name(deployment, alias), Value=json.dumps(value, sort_keys=True), Type="String", Overwrite=True
    )


def withdraw_serving(ssm: "SSMClient", deployment: str, alias: str) -> None:
    """Absent is fine: callers fall back to the alias's base target either way."""
    try:
        ssm.delete_parameter(Name=parameter_name(deployment, alias))
    except Exception as error:
        if error_code(error) != "ParameterNotFound":
            raise
