"""Lists what is billed in one account and region. If one kind cannot be listed, the others still are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from billed_resources.cost import (
    commitment_of,
    custom_model_usd_per_day,
    imported_model_usd_per_day,
    throughput_usd_per_day,
)
from billed_resources.resource import BilledResource, Kind
from billed_resources.vector_clusters import vector_clusters

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Clients:
    """Clients of one account and region. `opensearch` is OpenSearch Serverless."""

    bedrock: "BedrockClient"
    cloudformation: "CloudFormationClient"
    ssm: "SSMClient"
    opensearch: Any
    rds: Any


def clients(client: Callable[[str], Any]) -> Clients:
    """`client` makes the boto3 client of a service."""
    return Clients(
        client("bedrock"), client("cloudformation"), client("ssm"), client("opensearchserverless"), client("rds")
    )


def clients_of(session: Any, **settings: Any) -> Clients:
    """`settings` of each client, such as region_name, config and endpoint_url."""
    return clients(lambda service: session.client(service, **settings))


@dataclass
class Listing:
    """`failures`: kind -> why its list is incomplete."""

    resources: list[BilledResource] = field(default_factory=list)
    failures: dict[Kind, str] = field(default_factory=dict)


def list_billed(clients: Clients, region: str, now: datetime) -> Listing:
    listing = Listing()
    for kind, read in _READERS.items():
        try:
            for resource in read(clients, region, now):
                listing.resources.append(resource)
        except (ClientError, BotoCoreError) as error:
            listing.failures[kind] = str(error)
    return listing


def throughput(summary: Any, bedrock: "BedrockClient", region: str, now: datetime) -> BilledResource:
    """`summary`: an item of ListProvisionedModelThroughputs, or the answer of GetProvisionedModelThroughput."""
    usd = throughput_usd_per_day(summary, region)
    return BilledResource(
        kind=Kind.PROVISIONED_THROUGHPUT,
        name=summary["provisionedModelName"],
        arn=summary["provisionedModelArn"],
        status=summary["status"],
        what=f"{summary['modelUnits']} x {summary['foundationModelArn'].rpartition('/')[2]}",
        usd_per_day=usd,
        tags=_tags(bedrock, summary["provisionedModelArn"]),
        commitment=commitment_of(summary, usd, now),
    )


def _throughputs(clients: Clients, region: str, now: datetime) -> Iterator[BilledResource]:
    for page in clients.bedrock.get_paginator("list_provisioned_model_throughputs").paginate():
        for summary in page.get("provisionedModelSummaries", []):
            yield throughput(summary, clients.bedrock, region, now)


def _collections(clients: Clients, region: str, now: datetime) -> Iterator[BilledResource]:
    """Billed by OCU-hour. Collections share OCUs, so a single collection has no price."""
    token: dict[str, str] = {}
    while True:
        page = clients.opensearch.list_collections(**token)
        for item in page.get("collectionSummaries", []):
            what = "OCU-hours, shared with the account's other collections"
            tags = _opensearch_tags(clients.opensearch, item["arn"])
            yield BilledResource(Kind.COLLECTION, item["name"], item["arn"], item["status"], what, None, tags)
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _endpoints(clients: Clients, region: str, now: datetime) -> Iterator[BilledResource]:
    for page in clients.bedrock.get_paginator("list_marketplace_model_endpoints").paginate():
        for item in page.get("marketplaceModelEndpoints", []):
            arn = item["endpointArn"]
            endpoint = clients.bedrock.get_marketplace_model_endpoint(endpointArn=arn)["marketplaceModelEndpoint"]
            machine = endpoint["endpointConfig"].get("sageMaker")
            what = f"{machine['initialInstanceCount']} x {machine['instanceType']}" if machine else "unknown machine"
            name, status = arn.rpartition("/")[2], endpoint.get("endpointStatus", "unknown")
            yield BilledResource(Kind.MARKETPLACE_ENDPOINT, name, arn, status, what, None, _tags(clients.bedrock, arn))


def imported_models(clients: Clients, region: str, now: datetime) -> Iterator[BilledResource]:
    for page in clients.bedrock.get_paginator("list_imported_models").paginate():
        for item in page.get("modelSummaries", []):
            arn = item["modelArn"]
            units = _units(clients.bedrock, arn)
            what = f"storage by the month, and by the minute while a copy is loaded; {units or 'unknown'} units a copy"
            usd, tags = imported_model_usd_per_day(units, region), _tags(clients.bedrock, arn)
            yield BilledResource(Kind.IMPORTED_MODEL, item["modelName"], arn, "-", what, usd, tags)


def _units(bedrock: "BedrockClient", arn: str) -> int | None:
    try:
        found = bedrock.get_imported_model(modelIdentifier=arn)
    except (ClientError, BotoCoreError):
        return None
    return found.get("customModelUnits", {}).get("customModelUnitsPerModelCopy")


def custom_models(clients: Clients, region: str, now: datetime) -> Iterator[BilledResource]:
    usd = custom_model_usd_per_day(region)
    for page in clients.bedrock.get_paginator("list_custom_models").paginate(isOwned=True):
        for item in page.get("modelSummaries", []):
            arn, status = item["modelArn"], item.get("modelStatus", "Active")
            what = f"storage by the month; base model {item['baseModelName']}"
            tags = _tags(clients.bedrock, arn)
            yield BilledResource(Kind.CUSTOM_MODEL, item["modelName"], arn, status, what, usd, tags)


def _deployments(clients: Clients, region: str, now: datetime) -> Iterator[BilledResource]:
    for page in clients.bedrock.get_paginator("list_custom_model_deployments").paginate():
        for item in page.get("modelDeploymentSummaries", []):
            arn, name = item["customModelDeploymentArn"], item["customModelDeploymentName"]
            tags = _tags(clients.bedrock, arn)
            what = "by the token, nothing while idle"
            yield BilledResource(Kind.CUSTOM_MODEL_DEPLOYMENT, name, arn, item["status"], what, 0.0, tags)


def _tags(bedrock: "BedrockClient", arn: str) -> dict[str, str] | None:
    try:
        tags = bedrock.list_tags_for_resource(resourceARN=arn).get("tags", [])
    except (ClientError, BotoCoreError):
        return None
    return {tag["key"]: tag["value"] for tag in tags}


def _opensearch_tags(opensearch: Any, arn: str) -> dict[str, str] | None:
    try:
        tags = opensearch.list_tags_for_resource(resourceArn=arn).get("tags", [])
    except (ClientError, BotoCoreError):
        return None
    return {tag["key"]: tag["value"] for tag in tags}


_READERS: dict[Kind, Callable[[Clients, str, datetime], Iterator[BilledResource]]] = {
    Kind.PROVISIONED_THROUGHPUT: _throughputs,
    Kind.COLLECTION: _collections,
    Kind.VECTOR_CLUSTER: lambda clients, region, now: vector_clusters(clients.rds, region),
    Kind.MARKETPLACE_ENDPOINT: _endpoints,
    Kind.IMPORTED_MODEL: imported_models,
    Kind.CUSTOM_MODEL: custom_models,
    Kind.CUSTOM_MODEL_DEPLOYMENT: _deployments,
}
