"""The SSM parameter that points an alias to provisioned throughput: only the throughput's own lifecycle writes it.

It exists while the throughput is InService and its release has not begun. Without it callers get what serves the alias
on demand. The API remembers an answer for 15 s: DRAIN_SECONDS after the withdrawal no new call goes there any more.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from custom_resources import json_parameter

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_ssm import SSMClient

KIND = "provisioned-throughput"
# The API's 15 s and as much again for a call that began just before they ended.
DRAIN_SECONDS = 30


def parameter_name(deployment: str, alias: str) -> str:
    return f"/bedrock-kit/{deployment}/aliases/{alias}/capacity"


def read_capacity(ssm: "SSMClient", deployment: str, alias: str) -> dict[str, Any] | None:
    return json_parameter.read(ssm, parameter_name(deployment, alias))


def publish_capacity(ssm: "SSMClient", deployment: str, alias: str, found: "Throughput", now: datetime) -> bool:
    """Point `alias` to `found`, which is InService. False where it points there already, to the same model."""
    model = found["modelArn"]
    key = "custom_model_arn" if ":custom-model/" in model else "model"
    value = {"target_arn": found["provisionedModelArn"], "kind": KIND, key: model}
    published = read_capacity(ssm, deployment, alias) or {}
    if value.items() <= published.items():
        return False
    value["published_at"] = now.isoformat(timespec="seconds")
    json_parameter.write(ssm, parameter_name(deployment, alias), value)
    return True


def withdraw_capacity(ssm: "SSMClient", deployment: str, alias: str, throughput_arn: str) -> bool:
    """Whether `alias` pointed to `throughput_arn` until now; what points elsewhere is another throughput's."""
    published = read_capacity(ssm, deployment, alias)
    if published is None or published.get("target_arn") != throughput_arn:
        return False
    json_parameter.remove(ssm, parameter_name(deployment, alias))
    return True
