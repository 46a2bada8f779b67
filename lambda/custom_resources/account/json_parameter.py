"""SSM parameters that contain a JSON object. An absent parameter is None, not an error."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.framework.errors import error_code

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def read(ssm: "SSMClient", name: str) -> dict[str, Any] | None:
    try:
        answer = ssm.get_parameter(Name=name)
    except Exception as error:
        if error_code(error) != "ParameterNotFound":
            raise
        return None
    value = json.loads(answer["Parameter"]["Value"])
    return value if isinstance(value, dict) else None


def write(ssm: "SSMClient", name: str, value: Mapping[str, Any]) -> None:
    ssm.put_parameter(Name=name, Value=json.dumps(value, sort_keys=True), Type="String", Overwrite=True)


def remove(ssm: "SSMClient", name: str) -> None:
    try:
        ssm.delete_parameter(Name=name)
    except Exception as error:
        if error_code(error) != "ParameterNotFound":
            raise
