"""Which alias sends its callers to what: the parameters that promotion and the throughput's lifecycle write."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

ROOT = "/bedrock-kit"
ALIAS_LEAVES = ("serving", "capacity")


@dataclass(frozen=True)
class Alias:
    deployment: str
    name: str


@dataclass(frozen=True)
class AliasTargets:
    """`aliases`: ARN of a target, or of the custom model behind it -> the aliases whose parameters name it.

    `complete` is False where the parameters could not all be read: then an ARN that is missing here may be served.
    """

    complete: bool
    aliases: dict[str, list[Alias]] = field(default_factory=dict)


def read_alias_targets(ssm: "SSMClient", deployment: str | None = None) -> AliasTargets:
    """Of one deployment, or of all that the account has in this region."""
    found = AliasTargets(complete=True)
    path = f"{ROOT}/{deployment}/aliases" if deployment else ROOT
    try:
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
        for page in pages:
            for parameter in page["Parameters"]:
                _add(found, parameter["Name"], parameter["Value"])
    except (ClientError, BotoCoreError, ValueError):
        return AliasTargets(complete=False, aliases=found.aliases)
    return found


def _add(found: AliasTargets, name: str, text: str) -> None:
    """Raises ValueError for a parameter of an alias that does not say what it points to."""
    parts = name.removeprefix(f"{ROOT}/").split("/")
    if len(parts) != 4 or parts[1] != "aliases" or parts[3] not in ALIAS_LEAVES:
        return
    value: Any = json.loads(text)
    if not isinstance(value, dict) or not isinstance(value.get("target_arn"), str):
        raise ValueError(f"{name} names no target_arn")
    for arn in {value["target_arn"], value.get("custom_model_arn")}:
        if arn:
            found.aliases.setdefault(arn, []).append(Alias(parts[0], parts[2]))
