"""What the kit's SSM parameters say: which alias sends its callers where, and why a throughput was bought."""

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
class KitParameters:
    """`aliases`: ARN of a target, or of the custom model behind it -> the aliases whose parameters name it.

    `ledgers`: deployment and throughput's name -> what its ledger says, for people. `complete` is False where not all
    could be read: then an ARN that is missing here may be served.
    """

    complete: bool
    aliases: dict[str, list[Alias]] = field(default_factory=dict)
    ledgers: dict[tuple[str, str], str] = field(default_factory=dict)


def read_kit_parameters(ssm: "SSMClient", deployment: str | None = None) -> KitParameters:
    """Of one deployment, or of all that the account has in this region."""
    found = KitParameters(complete=True)
    path = f"{ROOT}/{deployment}" if deployment else ROOT
    try:
        for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True):
            for parameter in page["Parameters"]:
                _add(found, parameter["Name"], parameter["Value"])
    except (ClientError, BotoCoreError, ValueError):
        return KitParameters(complete=False, aliases=found.aliases, ledgers=found.ledgers)
    return found


def _add(found: KitParameters, name: str, text: str) -> None:
    """Raises ValueError for a parameter of an alias that does not say what it points to."""
    match name.removeprefix(f"{ROOT}/").split("/"):
        case [deployment, "aliases", alias, leaf] if leaf in ALIAS_LEAVES:
            for arn in _pointed_to(name, json.loads(text)):
                found.aliases.setdefault(arn, []).append(Alias(deployment, alias))
        case [deployment, "capacity", throughput, "ledger"]:
            found.ledgers[deployment, throughput] = _told(text)


def _pointed_to(name: str, value: Any) -> set[str]:
    if not isinstance(value, dict) or not isinstance(value.get("target_arn"), str):
        raise ValueError(f"{name} names no target_arn")
    return {value["target_arn"], value.get("custom_model_arn") or value["target_arn"]}


def _told(text: str) -> str:
    """A ledger decides nothing here, so one that cannot be read is only said to be so."""
    try:
        ledger = json.loads(text)
        return f"{ledger['state']} since {ledger['since'][:10]}: {ledger['why']}"
    except (ValueError, KeyError, TypeError):
        return "its ledger cannot be read"
