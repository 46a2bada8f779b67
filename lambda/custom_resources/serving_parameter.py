"""The SSM parameter that points an alias to its custom model deployment: written by promotion, withdrawn here."""

from typing import TYPE_CHECKING, Any

from custom_resources import json_parameter

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def parameter_name(deployment: str, alias: str) -> str:
    return f"/bedrock-kit/{deployment}/aliases/{alias}/serving"


def read_serving(ssm: "SSMClient", deployment: str, alias: str) -> dict[str, Any] | None:
    """What promotion wrote, or None: then the alias is served by its base target."""
    return json_parameter.read(ssm, parameter_name(deployment, alias))


def withdraw_serving(ssm: "SSMClient", deployment: str, alias: str) -> None:
    json_parameter.remove(ssm, parameter_name(deployment, alias))
