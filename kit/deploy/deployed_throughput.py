"""The provisioned throughputs that a deployment's stack has: what it wants of each, and what exists in Bedrock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import Clients, throughput
from billed_resources.resource import BilledResource
from kit_contract.stacks import provisioned_throughput_stack
from kit_contract.tags import RESOURCE_TAG

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

RESOURCE_TYPE = "Custom::BedrockProvisionedThroughput"


class Size(NamedTuple):
    model_units: int
    commitment: str | None


class Present(NamedTuple):
    """A throughput in Bedrock; `billed` has its price and the end of its commitment."""

    billed: BilledResource
    size: Size

    @property
    def owner(self) -> str:
        """<stack>/<logical id>, if the kit bought it."""
        return (self.billed.tags or {}).get(RESOURCE_TAG, "")


@dataclass(frozen=True)
class Deployed:
    """`properties`: those of the custom resource. `present`: more than one during and after a migration.

    `unread`: why nobody knows what is present. `ledger`: what the kit last did with it.
    """

    logical_id: str
    properties: Mapping[str, Any]
    present: Sequence[Present] = ()
    unread: str = ""
    ledger: str = ""

    @property
    def name(self) -> str:
        return str(self.properties["ProvisionedModelName"])

    @property
    def model(self) -> str | None:
        return self.properties.get("ModelIdentifier")

    @property
    def customization(self) -> str | None:
        return self.properties.get("Customization")

    @property
    def alias(self) -> str | None:
        return self.properties.get("Alias")

    @property
    def in_service(self) -> Present | None:
        """The one of its name, not one that a migration buys or keeps."""
        named = [item for item in self.present if item.billed.name == self.name]
        return next(iter([*named, *self.present]), None)


@dataclass(frozen=True)
class Look:
    """`present`: all throughputs of the Region. `unread`: why nobody knows them."""

    stack: str
    deployed: Sequence[Deployed]
    present: Sequence[Present] = ()
    unread: str = ""

    def named(self, name: str) -> Present | None:
        return next((item for item in self.present if item.billed.name == name), None)


def look(kit_deployment: str, clients: Clients, region: str, now: datetime) -> Look:
    """Raises botocore's errors if the stack cannot be read; nothing is deployed if it does not exist."""
    from botocore.exceptions import BotoCoreError, ClientError

    stack = provisioned_throughput_stack(kit_deployment)
    resources = _resources(clients.cloudformation, stack)
    ledgers = read_kit_parameters(clients.ssm, kit_deployment).ledgers if resources else {}
    found: list[Present] = []
    try:
        found = _listed(clients, region, now)
        unread = _hidden(found)
    except (ClientError, BotoCoreError) as error:
        unread = str(error)
    deployed = [
        Deployed(
            logical_id=logical_id,
            properties=properties,
            present=[item for item in found if item.owner == f"{stack}/{logical_id}"],
            unread=unread,
            ledger=ledgers.get((kit_deployment, properties["ProvisionedModelName"]), ""),
        )
        for logical_id, properties in resources.items()
    ]
    return Look(stack, deployed, found, unread)


def _resources(cloudformation: "CloudFormationClient", stack: str) -> dict[str, Mapping[str, Any]]:
    """Logical id -> properties, from the template of the last deploy."""
    from botocore.exceptions import ClientError

    try:
        body: Any = cloudformation.get_template(StackName=stack, TemplateStage="Original").get("TemplateBody")
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return {}
    template = json.loads(body) if isinstance(body, str) else body or {}
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in template.get("Resources", {}).items()
        if resource["Type"] == RESOURCE_TYPE
    }


def _listed(clients: Clients, region: str, now: datetime) -> list[Present]:
    pages = clients.bedrock.get_paginator("list_provisioned_model_throughputs").paginate()
    return [
        Present(
            throughput(summary, clients.bedrock, region, now),
            Size(summary["desiredModelUnits"], summary.get("commitmentDuration")),
        )
        for page in pages
        for summary in page["provisionedModelSummaries"]
    ]


def _hidden(found: Sequence[Present]) -> str:
    names = [item.billed.name for item in found if item.billed.tags is None]
    return f"the tags of {', '.join(names)} cannot be read" if names else ""
