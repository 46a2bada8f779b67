"""Refuses a purchase under another key of deployment.toml while the throughput of the old key exists.

CloudFormation creates the new section's before it deletes the old section's, and never deletes that under a commitment:
both would be billed.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from custom_resources.account import json_parameter
from custom_resources.account.ownership import carries, ownership
from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.alias_capacity import read_capacity
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.model import is_same_model
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.errors import ResourceFailedError
from kit_contract.parameters import throughput_settings
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput


def require_own_name(clients: Clients, wanted: ThroughputProperties, found: "Throughput | None") -> None:
    """`found` has the name of `wanted`, if any has. While it is released, the settings tell whose the name is."""
    if found is not None:
        if not bedrock_calls.is_ours(clients.bedrock, found, wanted):
            raise ResourceFailedError(_not_ours(clients, found, wanted))
        return
    deployed = _settings_owner(clients, wanted, wanted.name)
    if deployed and deployed != wanted.owner:
        raise ResourceFailedError(_of_another_section(wanted))


def is_anothers_name(clients: Clients, wanted: ThroughputProperties, found: "Throughput | None") -> bool:
    """Whether the name of `wanted`, and the ledger with it, is another section's: its Create was refused then."""
    if found is None:
        return _settings_owner(clients, wanted, wanted.name) not in ("", wanted.owner)
    is_ours = bedrock_calls.is_ours(clients.bedrock, found, wanted)
    return not is_ours and bedrock_calls.is_of_deployment(clients.bedrock, found, wanted.kit_deployment)


def require_no_other_key(clients: Clients, wanted: ThroughputProperties) -> None:
    """Of a base model: one that the stack has and deployment.toml does not is the same one under its old key."""
    if not wanted.model_identifier or not wanted.throughputs:
        return
    for name in _of_same_model(clients, wanted):
        if name not in wanted.throughputs and _settings_owner(clients, wanted, name):
            raise ResourceFailedError(
                f"provisioned throughput {name} serves {wanted.model_identifier} too, and its section is no longer in "
                f"deployment.toml. {_both_billed(wanted)}"
            )


def require_free_alias(clients: Clients, wanted: ThroughputProperties) -> None:
    """An alias has one throughput: where it has another one, the key of its section was renamed."""
    published = read_capacity(clients.ssm, wanted) or {}
    found = bedrock_calls.find(clients.bedrock, published["target_arn"]) if published else None
    if found is None or not bedrock_calls.is_of_deployment(clients.bedrock, found, wanted.kit_deployment):
        return
    if not bedrock_calls.is_ours(clients.bedrock, found, wanted):
        raise ResourceFailedError(
            f"{wanted.alias} is served by the provisioned throughput {found['provisionedModelName']}. "
            f"{_both_billed(wanted, 'that section or its alias')}"
        )


def _of_same_model(clients: Clients, wanted: ThroughputProperties) -> Iterator[str]:
    pages = clients.bedrock.get_paginator("list_provisioned_model_throughputs").paginate()
    for item in (item for page in pages for item in page["provisionedModelSummaries"]):
        same = is_same_model(item["desiredModelArn"], str(wanted.model_identifier))
        if same and carries(clients.bedrock, item["provisionedModelArn"], ownership(wanted.kit_deployment)):
            yield item["provisionedModelName"]


def _settings_owner(clients: Clients, wanted: ThroughputProperties, name: str) -> str:
    """Which resource has the settings of this name; CloudFormation deletes them with the section."""
    settings = json_parameter.read(clients.ssm, throughput_settings(wanted.kit_deployment, name)) or {}
    return str(settings.get("owner", ""))


def _not_ours(clients: Clients, found: "Throughput", wanted: ThroughputProperties) -> str:
    if bedrock_calls.is_of_deployment(clients.bedrock, found, wanted.kit_deployment):
        return _of_another_section(wanted)
    return (
        f"a provisioned throughput named {wanted.name} exists and does not have the tags "
        f"{DEPLOYMENT_TAG}={wanted.kit_deployment} and {RESOURCE_TAG}={wanted.owner}; delete it or choose another name"
    )


def _of_another_section(wanted: ThroughputProperties) -> str:
    return (
        f"provisioned throughput {wanted.name} belongs to another section of the deployed deployment.toml. "
        f"{_both_billed(wanted)}"
    )


def _both_billed(wanted: ThroughputProperties, remove: str = "that section") -> str:
    price = wanted.accepted_hourly_cost_usd
    return (
        "CloudFormation deletes that only after this one is bought, or never under a commitment; both would be billed ("
        f"{f'at most {price:,.2f} USD' if price else 'an unknown price'} an hour more). If you renamed the key of its "
        f"section, restore it; else remove {remove}, deploy, then add this one"
    )
