"""The SSM parameter that points an alias to a provisioned throughput. Only the throughput's own lifecycle writes it.

It exists while the throughput is InService and its release has not begun. Without it, callers get what serves the
alias on demand. DRAIN_SECONDS after its removal no call can reach the throughput any more; what Bedrock does with a
call that is running at the deletion is not documented.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from custom_resources.account import json_parameter
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.parameters import alias_capacity

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_ssm import SSMClient

KIND = "provisioned-throughput"
# The API caches the parameter for 15 s, its read may have taken 4 s before that, and a request that started as the
# cache expired may ask again until 26.5 s later. tests/inference_api/test_drain.py checks this against the API.
DRAIN_SECONDS = 50


def read_capacity(ssm: "SSMClient", wanted: ThroughputProperties) -> dict[str, Any] | None:
    return json_parameter.read(ssm, _parameter(wanted)) if wanted.alias else None


def publish_capacity(ssm: "SSMClient", wanted: ThroughputProperties, found: "Throughput", now: datetime) -> bool:
    """Point the alias, if there is one, to `found`, which is InService. False if nothing changes."""
    if not wanted.alias:
        return False
    model = found["modelArn"]
    key = "custom_model_arn" if ":custom-model/" in model else "model"
    value = {"target_arn": found["provisionedModelArn"], "kind": KIND, key: model}
    published = read_capacity(ssm, wanted) or {}
    if value.items() <= published.items():
        return False
    value["published_at"] = now.isoformat(timespec="seconds")
    json_parameter.write(ssm, _parameter(wanted), value)
    return True


def withdraw_capacity(ssm: "SSMClient", wanted: ThroughputProperties, throughput_arn: str) -> bool:
    """Whether the alias pointed to `throughput_arn` until now. An alias that points elsewhere is left alone."""
    published = read_capacity(ssm, wanted)
    if published is None or published.get("target_arn") != throughput_arn:
        return False
    json_parameter.remove(ssm, _parameter(wanted))
    return True


def _parameter(wanted: ThroughputProperties) -> str:
    return alias_capacity(wanted.kit_deployment, str(wanted.alias))
