"""AWS::BedrockAgentCore::Gateway and GatewayTarget, with Lambda functions as targets.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-add-target-lambda.html
"""

import time
from typing import Any

from ministack.services import lambda_svc

from local_aws.extension.agents import registry
from local_aws.extension.agents.names import agentcore_arn, gateway_url, identifier
from local_aws.extension.bedrock.responses import identifier as letters
from local_aws.extension.bedrock.responses import iso
from local_aws.extension.bedrock.service_roles import role_allows_on
from local_aws.extension.cloudformation import role_propagation, target_waves
from local_aws.extension.cloudformation.agents import check_role
from local_aws.extension.cloudformation.service_calls import Created, Properties, attributes, members

GATEWAY, TARGET = "AWS::BedrockAgentCore::Gateway", "AWS::BedrockAgentCore::GatewayTarget"
# How AWS begins; CloudFormation gives up: https://github.com/aws-samples/agents4energy/issues/161
LACKS = "Gateway execution role lacks permission"
NAMED_BY_OTHERS = "properties"  # of a tool's schema: the names below are the tool's


def create_gateway(_: str, properties: Properties) -> Created:
    if any(one.record["name"] == properties["Name"] for one in registry.gateways.values()):
        raise ValueError(f"{GATEWAY}: ConflictException: A gateway with name {properties['Name']} already exists")
    number = identifier(properties["Name"].lower())
    arn = agentcore_arn(f"gateway/{number}")
    made = {"gatewayId": number, "gatewayArn": arn, "gatewayUrl": gateway_url(number)}
    check_role(GATEWAY, properties["RoleArn"], made["gatewayArn"])
    registry.gateways[number] = registry.Gateway({**made, "status": "READY", "createdAt": iso(time.time())})
    return number, update_gateway(number, properties)


def update_gateway(number: str, properties: Properties) -> Properties:
    gateway = _gateway(GATEWAY, number)
    check_role(GATEWAY, properties["RoleArn"], gateway.record["gatewayArn"])
    gateway.record |= {**members(properties), "updatedAt": iso(time.time())}
    registry.gateways[number] = gateway
    return attributes(GATEWAY, {**gateway.record, "gatewayIdentifier": number})


def delete_gateway(number: str) -> None:
    gateway = registry.gateways.get(number)
    if gateway and gateway.targets:
        raise ValueError(
            f"{GATEWAY}: ValidationException: Gateway {number} has targets associated with it. Delete all targets "
            "before deleting the gateway"
        )
    registry.gateways.pop(number, None)


def create_target(seed: str, properties: Properties) -> Created:
    """`seed`: STACK-LOGICALID."""
    number = properties["GatewayIdentifier"]
    if target_waves.is_crowded(*seed.rsplit("-", 1)):
        raise ValueError(
            f"{TARGET}: ServiceQuotaExceededException: at most {target_waves.AT_ONCE} operations on targets of the "
            f"gateway {number} at a time"
        )
    role = _gateway(TARGET, number).record["roleArn"]
    if not role_propagation.is_in_effect(role):
        raise ValueError(f"{TARGET}: ValidationException: {LACKS} of {role}: its policies are not in effect yet")
    target = letters(10)
    return f"{number}|{target}", update_target(f"{number}|{target}", properties)


def update_target(physical_id: str, properties: Properties) -> Properties:
    number, target = physical_id.split("|")
    gateway = _gateway(TARGET, number)
    name = properties.get("Name") or target
    if any(one["name"] == name for key, one in gateway.targets.items() if key != target):
        raise ValueError(f"{TARGET}: ConflictException: A target with name {name} already exists")
    if function := properties["TargetConfiguration"].get("Mcp", {}).get("Lambda"):
        _check_function(function["LambdaArn"], gateway.record["roleArn"])
    now = iso(time.time())
    before = gateway.targets.get(target, {})
    gateway.targets[target] = record = {
        **_converted(properties),
        "targetId": target,
        "name": name,
        "gatewayArn": gateway.record["gatewayArn"],
        "status": "READY",
        "createdAt": before.get("createdAt", now),
        "updatedAt": now,
    }
    registry.gateways[number] = gateway
    return attributes(TARGET, record)


def delete_target(physical_id: str) -> None:
    number, target = physical_id.split("|")
    if gateway := registry.gateways.get(number):
        gateway.targets.pop(target, None)
        registry.gateways[number] = gateway


def _check_function(arn: str, role: str) -> None:
    name = arn.split(":function:")[1].split(":")[0]
    if name not in lambda_svc._functions:
        raise ValueError(f"{TARGET}: ValidationException: Lambda function {arn} does not exist")
    if not role_allows_on(role, "lambda:InvokeFunction", arn):
        raise ValueError(f"{TARGET}: ValidationException: {LACKS} of {role}: it may not invoke {arn}")


def _converted(value: Any) -> Any:
    """Member names, but for the arguments of a tool."""
    if isinstance(value, list):
        return [_converted(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, item in value.items():
        key = name[0].lower() + name[1:]
        named = key == NAMED_BY_OTHERS and isinstance(item, dict)
        found[key] = {own: _converted(one) for own, one in item.items()} if named else _converted(item)
    return found


def _gateway(resource_type: str, number: str) -> registry.Gateway:
    found: registry.Gateway | None = registry.gateways.get(number)
    if found is None:
        raise ValueError(f"{resource_type}: ResourceNotFoundException: Gateway {number} was not found")
    return found
