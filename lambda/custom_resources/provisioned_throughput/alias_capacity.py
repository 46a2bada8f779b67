"""The SSM parameter that points an alias to provisioned throughput: only the throughput's own lifecycle writes it.

It exists while the throughput is InService and its release has not begun. Without it callers get what serves the alias
on demand. DRAIN_SECONDS after the withdrawal no call is on its way there any more: what Bedrock does with one that runs
when the throughput is deleted is not documented.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from custom_resources import json_parameter

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_ssm import SSMClient

KIND = "provisioned-throughput"
# The API remembers what it read for 15 s, its read may have taken 4 s before that, and a request that began as the
# memory ended may ask again until 26.5 s later; tests/inference_api/test_drain.py holds this against the API's figures.
DRAIN_SECONDS = 50


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
