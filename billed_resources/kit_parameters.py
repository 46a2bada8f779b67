"""Reads the kit's SSM parameters: the target of each alias, and why provisioned throughput was bought."""

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from kit_contract.canaries import CANARY_KEY
from kit_contract.parameters import (
    ROOT,
    alias_capacity,
    alias_serving,
    customization_promoted,
    customization_specification,
    deployment_path,
    throughput_ledger,
)

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Alias:
    deployment: str
    name: str


@dataclass(frozen=True)
class KitParameters:
    """`aliases`: ARN of a target, or of the custom model behind it -> the aliases that point to it.

    `ledgers`: deployment and throughput name -> the ledger as text. `customizations`: deployment and name of each that
    is deployed; `promoted`: ARNs of the custom models that they promoted last. If `complete` is False, some parameters
    could not be read, and an ARN that is missing here may still be the target of an alias.
    """

    complete: bool
    aliases: dict[str, list[Alias]] = field(default_factory=dict)
    ledgers: dict[tuple[str, str], str] = field(default_factory=dict)
    customizations: set[tuple[str, str]] = field(default_factory=set)
    promoted: set[str] = field(default_factory=set)


def read_kit_parameters(ssm: "SSMClient", deployment: str | None = None) -> KitParameters:
    """Read those of one deployment, or of all deployments in this account and region."""
    found = KitParameters(complete=True)
    path = deployment_path(deployment) if deployment else ROOT
    try:
        for page in ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True):
            for parameter in page["Parameters"]:
                _add(found, parameter["Name"], parameter["Value"])
    except (ClientError, BotoCoreError, ValueError):
        return replace(found, complete=False)
    return found


def _add(found: KitParameters, name: str, text: str) -> None:
    """Raises ValueError if an alias's parameter names no target."""
    match name.split("/"):
        case ["", _, deployment, _, key] if name == customization_specification(deployment, key):
            found.customizations.add((deployment, key))
        case ["", _, deployment, _, key, _] if name == customization_promoted(deployment, key):
            found.promoted.add(_promoted(name, json.loads(text)))
        case ["", _, deployment, _, key, _]:
            if name in (alias_serving(deployment, key), alias_capacity(deployment, key)):
                for arn in _targets(name, json.loads(text)):
                    found.aliases.setdefault(arn, []).append(Alias(deployment, key))
            elif name == throughput_ledger(deployment, key):
                found.ledgers[deployment, key] = _ledger_text(text)


def _promoted(name: str, value: Any) -> str:
    if not isinstance(value, dict) or not isinstance(value.get("custom_model_arn"), str):
        raise ValueError(f"{name} names no custom_model_arn")
    return str(value["custom_model_arn"])


def _targets(name: str, value: Any) -> set[str]:
    """A canary is a target beside the one that serves, or beside the base model."""
    if isinstance(value, dict) and CANARY_KEY in value:
        canary, rest = value[CANARY_KEY], {key: item for key, item in value.items() if key != CANARY_KEY}
        return _targets(name, canary) | (_targets(name, rest) if rest else set())
    if not isinstance(value, dict) or not isinstance(value.get("target_arn"), str):
        raise ValueError(f"{name} names no target_arn")
    return {value["target_arn"], value.get("custom_model_arn") or value["target_arn"]}


def _ledger_text(text: str) -> str:
    """For people only: an unreadable ledger does not change the owner."""
    try:
        ledger = json.loads(text)
        return f"{ledger['state']} since {ledger['since'][:10]}: {ledger['why']}"
    except (ValueError, KeyError, TypeError):
        return "its ledger cannot be read"
