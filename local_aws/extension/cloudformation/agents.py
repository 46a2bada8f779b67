"""AWS::BedrockAgentCore::Harness and HarnessEndpoint.

An update makes a version of its own and leaves the endpoints where they are.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-versioning.html
"""

import time

from local_aws.extension.agents import registry
from local_aws.extension.agents.names import agentcore_arn, identifier
from local_aws.extension.bedrock.responses import iso
from local_aws.extension.bedrock.service_roles import trusts
from local_aws.extension.cloudformation import role_propagation
from local_aws.extension.cloudformation.service_calls import Created, Properties, attributes, members

HARNESS, ENDPOINT = "AWS::BedrockAgentCore::Harness", "AWS::BedrockAgentCore::HarnessEndpoint"
SERVICE = "bedrock-agentcore.amazonaws.com"
# What AWS passes on as it is, under names of others: parameters of models, schemas, headers.
VERBATIM = ("AdditionalParams", "InputSchema", "Headers", "EnvironmentVariables")
MAX_VERSIONS = 1000  # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html


def create_harness(_: str, properties: Properties) -> Created:
    name = properties["HarnessName"]
    if any(one.record["harnessName"] == name for one in registry.harnesses.values()):
        raise ValueError(f"ConflictException: A harness with name {name} already exists")
    number = identifier(name)
    arn = agentcore_arn(f"harness/{number}")
    _check(properties, arn)
    if not role_propagation.is_in_effect(role := properties["ExecutionRoleArn"]):
        raise ValueError(f"{HARNESS}: ValidationException: Role validation failed for {role}: it is not in effect yet")
    record = {"harnessId": number, "harnessName": name, "arn": arn, "status": "READY", "createdAt": iso(time.time())}
    registry.harnesses[number] = registry.Harness(record)
    return arn, _new_version(number, properties)


def update_harness(arn: str, properties: Properties) -> Properties:
    number = registry.last_part(arn)
    if number not in registry.harnesses:
        raise ValueError(f"ResourceNotFoundException: Harness {number} was not found")
    _check(properties, arn)
    return _new_version(number, properties)


def delete_harness(arn: str) -> None:
    registry.harnesses.pop(registry.last_part(arn), None)


def _check(properties: Properties, arn: str) -> None:
    # A harness runs on a runtime of the service's, which assumes the role too.
    runtime = arn.replace(":harness/", ":runtime/harness_")
    check_role(HARNESS, properties["ExecutionRoleArn"], arn, runtime)
    memory = properties.get("Memory", {}).get("AgentCoreMemoryConfiguration")
    if memory and registry.memory(memory["Arn"]) is None:  # AWS reads its strategies
        raise ValueError(f"{HARNESS}: ResourceNotFoundException: Memory {memory['Arn']} was not found")
    names = [tool["Name"] for tool in properties.get("Tools", []) if "Name" in tool]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{HARNESS}: ValidationException: tool names must be unique, got {', '.join(twice)} twice")


def check_role(resource_type: str, role: str, *source_arns: str) -> None:
    """ "Role validation failed" is AWS's; the rest of its words is not recorded."""
    if not all(trusts(role, arn, service=SERVICE) for arn in source_arns):
        raise ValueError(
            f"{resource_type}: ValidationException: Role validation failed for {role}: its trust policy must let "
            f"{SERVICE} assume it for {' and '.join(source_arns)}"
        )


def _new_version(number: str, properties: Properties) -> Properties:
    harness = registry.harnesses[number]
    version = str(int(harness.latest) + 1) if harness.versions else "1"
    if int(version) > MAX_VERSIONS:
        raise ValueError(f"{HARNESS}: ServiceQuotaExceededException: at most {MAX_VERSIONS} versions of a harness")
    harness.versions[version] = members(properties, VERBATIM)
    harness.record |= {"harnessVersion": version, "updatedAt": iso(time.time())}
    registry.harnesses[number] = harness
    return attributes(HARNESS, {**harness.record, "version": version})


def create_endpoint(_: str, properties: Properties) -> Created:
    number, name = properties["HarnessId"], properties["EndpointName"]
    harness = _harness(number)
    if name == registry.DEFAULT_ENDPOINT or name in harness.endpoints:
        raise ValueError(f"{ENDPOINT}: ConflictException: An endpoint with name {name} already exists")
    arn = f"{harness.record['arn']}/harness-endpoint/{name}"
    return arn, update_endpoint(arn, properties)


def update_endpoint(arn: str, properties: Properties) -> Properties:
    number, name = properties["HarnessId"], properties["EndpointName"]
    harness = _harness(number)
    version = properties.get("TargetVersion") or harness.latest
    if version not in harness.versions:
        raise ValueError(f"{ENDPOINT}: ResourceNotFoundException: Version {version} of harness {number} was not found")
    harness.endpoints[name] = version
    registry.harnesses[number] = harness
    record = {"arn": arn, "harnessName": harness.record["harnessName"], "status": "READY", "liveVersion": version}
    return attributes(ENDPOINT, {**record, "createdAt": harness.record["createdAt"], "updatedAt": iso(time.time())})


def delete_endpoint(arn: str) -> None:
    number, _, name = arn.rpartition(":harness/")[2].split("/")
    if harness := registry.harnesses.get(number):
        harness.endpoints.pop(name, None)
        registry.harnesses[number] = harness


def _harness(number: str) -> registry.Harness:
    found: registry.Harness | None = registry.harnesses.get(number)
    if found is None:
        raise ValueError(f"{ENDPOINT}: ResourceNotFoundException: Harness {number} was not found")
    return found
