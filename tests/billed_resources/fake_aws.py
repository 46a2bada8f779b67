"""An account with things in it, behind real boto3 clients: botocore checks every parameter and every answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.config import Config
from botocore.validate import validate_parameters

from billed_resources.listing import Clients

ACCOUNT, REGION = "111122223333", "us-east-1"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BASE = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-micro-v1:0:128k"
MODEL = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"
PAGE = 7


class Refused(Exception):
    def __init__(self, code: str, message: str = "no") -> None:
        super().__init__(code)
        self.code, self.message = code, message


@dataclass
class FakeAws:
    """`stacks`: name -> logical id -> status of the resource. `refuse`: operation -> error, raised each time."""

    throughputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    kit_stacks: dict[str, dict[str, Any]] = field(default_factory=dict)  # ARN -> item of DescribeStacks
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)  # name of a stack -> its template
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # ARN of a stack -> newest first
    deletions: dict[str, list[str]] = field(default_factory=dict)  # ARN of a stack -> its statuses after DeleteStack
    parameters: dict[str, str] = field(default_factory=dict)
    history: list[tuple[str, str]] = field(default_factory=list)  # of parameters, the oldest first
    jobs: list[dict[str, Any]] = field(default_factory=list)
    collections: list[dict[str, str]] = field(default_factory=list)
    clusters: list[dict[str, Any]] = field(default_factory=list)
    endpoints: list[dict[str, Any]] = field(default_factory=list)
    imported: list[dict[str, Any]] = field(default_factory=list)
    models: list[dict[str, Any]] = field(default_factory=list)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    refuse: dict[str, Refused] = field(default_factory=dict)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    deleted: list[str] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)  # clients

    def clients(self) -> Clients:
        services = ("bedrock", "cloudformation", "ssm", "opensearchserverless", "rds")
        return Clients(*(self.client(name) for name in services))

    def client(self, service: str) -> Any:
        if service not in self.made:
            client: Any = _session().client(service, config=Config(retries={"total_max_attempts": 1}))
            client.meta.events.register(f"before-parameter-build.{service}", _keep)
            client.meta.events.register(f"before-call.{service}", self._answer)
            self.made[service] = client
        return self.made[service]

    def add_throughput(self, name: str, tags: dict[str, str], **more: Any) -> str:
        arn = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:provisioned-model/{len(self.throughputs):012d}"
        self.throughputs[arn] = {
            "provisionedModelName": name,
            "provisionedModelArn": arn,
            "modelArn": MODEL,
            "desiredModelArn": MODEL,
            "foundationModelArn": BASE,
            "modelUnits": 1,
            "desiredModelUnits": 1,
            "status": "InService",
            "creationTime": NOW,
            "lastModifiedTime": NOW,
        } | more
        self.tags[arn] = tags
        return arn

    def add_stack(self, name: str, deployment: str | None, **more: Any) -> str:
        """Its deletion succeeds at the second look."""
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1"
        tags = [{"Key": "bedrock-kit:deployment", "Value": deployment}] if deployment else []
        made = NOW + timedelta(minutes=len(self.kit_stacks))
        stack = {"StackName": name, "StackId": arn, "CreationTime": made, "StackStatus": "CREATE_COMPLETE"}
        self.kit_stacks[arn] = {**stack, "Tags": tags, **more}
        self.deletions[arn] = ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
        self.events[arn] = [event(arn, arn, "DELETE_COMPLETE"), event(arn, arn, "DELETE_IN_PROGRESS")]
        return arn

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        operation = model.name
        self.calls[operation] += 1
        try:
            if operation in self.before:
                self.before.pop(operation)()
            if operation in self.refuse:
                raise self.refuse[operation]
            answer = _OPERATIONS[operation](self, context["kit_parameters"])
        except Refused as refused:
            return SimpleNamespace(status_code=400), {"Error": {"Code": refused.code, "Message": refused.message}}
        if model.output_shape:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), answer

    def get_throughput(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["provisionedModelId"] not in self.throughputs:
            raise Refused("ResourceNotFoundException")
        return self.throughputs[given["provisionedModelId"]]

    def delete_throughput(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.get_throughput(given)
        if found["status"] != "InService" or found.get("commitmentExpirationTime", NOW) > NOW:
            raise Refused("ConflictException", "it has a commitment or is busy")
        del self.throughputs[found["provisionedModelArn"]]
        self.deleted.append(found["provisionedModelArn"])
        return {}

    def describe_stacks(self, given: dict[str, Any]) -> dict[str, Any]:
        if "StackName" not in given:
            living = [stack for stack in self.kit_stacks.values() if stack["StackStatus"] != "DELETE_COMPLETE"]
            return _page(living, "Stacks", given, "NextToken")
        name = given["StackName"]
        if name in self.kit_stacks:
            stack = self.kit_stacks[name]
            if stack["StackStatus"] == "DELETE_IN_PROGRESS":
                stack["StackStatus"] = self.deletions[name].pop(0)
            return {"Stacks": [stack]}
        if name not in self.stacks:
            raise Refused("ValidationError", f"Stack with id {name} does not exist")
        return {"Stacks": [{"StackName": name, "CreationTime": NOW, "StackStatus": "UPDATE_COMPLETE"}]}

    def delete_stack(self, given: dict[str, Any]) -> dict[str, Any]:
        self.deleted.append(self.kit_stacks[given["StackName"]]["StackName"])
        self.kit_stacks[given["StackName"]]["StackStatus"] = "DELETE_IN_PROGRESS"
        return {}

    def describe_resource(self, given: dict[str, Any]) -> dict[str, Any]:
        name, logical_id = given["StackName"], given["LogicalResourceId"]
        status = self.stacks.get(name, {}).get(logical_id)
        if status is None:
            raise Refused("ValidationError", f"Resource {logical_id} does not exist for stack {name}")
        detail = {
            "LogicalResourceId": logical_id,
            "ResourceType": "Custom::BedrockProvisionedThroughput",
            "LastUpdatedTimestamp": NOW,
            "ResourceStatus": status,
        }
        return {"StackResourceDetail": detail}

    def get_template(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["StackName"] not in self.templates:
            raise Refused("ValidationError", f"Stack with id {given['StackName']} does not exist")
        return {"TemplateBody": json.dumps(self.templates[given["StackName"]])}

    def list_parameters(self, given: dict[str, Any]) -> dict[str, Any]:
        path = given["Path"].rstrip("/") + "/"
        found = [{"Name": name, "Value": value} for name, value in self.parameters.items() if name.startswith(path)]
        return _page(found, "Parameters", given, "NextToken")

    def put_parameter(self, given: dict[str, Any]) -> dict[str, Any]:
        self.parameters[given["Name"]] = given["Value"]
        self.history.append((given["Name"], given["Value"]))
        return {"Version": len(self.history)}

    def parameter_history(self, given: dict[str, Any]) -> dict[str, Any]:
        found = [{"Name": name, "Value": value} for name, value in self.history if name == given["Name"]]
        if not found:
            raise Refused("ParameterNotFound")
        return _page(found, "Parameters", given, "NextToken")

    def list_tags(self, arn: str) -> dict[str, Any]:
        return {"tags": [{"key": key, "value": value} for key, value in self.tags.get(arn, {}).items()]}

    def get_endpoint(self, given: dict[str, Any]) -> dict[str, Any]:
        (found,) = [item for item in self.endpoints if item["endpointArn"] == given["endpointArn"]]
        role = f"arn:aws:iam::{ACCOUNT}:role/x"
        machine = {"initialInstanceCount": 2, "instanceType": "ml.g5.2xlarge", "executionRole": role}
        details = {"endpointConfig": {"sageMaker": machine}, "endpointStatus": "InService"}
        return {"marketplaceModelEndpoint": found | details}


def event(stack: str, physical_id: str, status: str, **more: str) -> dict[str, Any]:
    identity = {"StackId": stack, "EventId": f"{physical_id}-{status}", "StackName": "x", "Timestamp": NOW}
    return {**identity, "LogicalResourceId": "X", "PhysicalResourceId": physical_id, "ResourceStatus": status, **more}


@cache
def _session() -> Any:
    """One for all: it remembers the API models that it has read."""
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)


def _keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["kit_parameters"] = params


def _page(items: list[Any], member: str, given: dict[str, Any], token: str = "nextToken") -> dict[str, Any]:
    start = int(given.get(token, 0))
    answer: dict[str, Any] = {member: items[start : start + PAGE]}
    return answer | ({token: str(start + PAGE)} if start + PAGE < len(items) else {})


_OPERATIONS: dict[str, Callable[[FakeAws, dict[str, Any]], dict[str, Any]]] = {
    "ListProvisionedModelThroughputs": lambda aws, given: _page(
        list(aws.throughputs.values()), "provisionedModelSummaries", given
    ),
    "GetProvisionedModelThroughput": FakeAws.get_throughput,
    "DeleteProvisionedModelThroughput": FakeAws.delete_throughput,
    "ListTagsForResource": lambda aws, given: aws.list_tags(given.get("resourceARN") or given["resourceArn"]),
    "DescribeDBClusters": lambda aws, given: {"DBClusters": aws.clusters},
    "ListCollections": lambda aws, given: _page(aws.collections, "collectionSummaries", given),
    "ListMarketplaceModelEndpoints": lambda aws, given: _page(aws.endpoints, "marketplaceModelEndpoints", given),
    "GetMarketplaceModelEndpoint": FakeAws.get_endpoint,
    "ListImportedModels": lambda aws, given: _page(aws.imported, "modelSummaries", given),
    "GetImportedModel": lambda aws, given: {"customModelUnits": {"customModelUnitsPerModelCopy": 2}},
    "ListCustomModels": lambda aws, given: _page(aws.models, "modelSummaries", given),
    "ListCustomModelDeployments": lambda aws, given: _page(aws.deployments, "modelDeploymentSummaries", given),
    "DescribeStacks": FakeAws.describe_stacks,
    "DeleteStack": FakeAws.delete_stack,
    "DescribeStackEvents": lambda aws, given: _page(aws.events[given["StackName"]], "StackEvents", given, "NextToken"),
    "DescribeStackResource": FakeAws.describe_resource,
    "GetTemplate": FakeAws.get_template,
    "GetParametersByPath": FakeAws.list_parameters,
    "GetCallerIdentity": lambda aws, given: {"Account": ACCOUNT},
    "GetAccountSettings": lambda aws, given: {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}},
    "PutParameter": FakeAws.put_parameter,
    "GetParameterHistory": FakeAws.parameter_history,
    "ListModelCustomizationJobs": lambda aws, given: _page(
        [job for job in aws.jobs if given["nameContains"] in job["jobName"]], "modelCustomizationJobSummaries", given
    ),
}
