"""A stack with an agent: a gateway with an order tool, an inline function, harnesses with and without a memory."""

import json
import time
from typing import Any

from tests.local_aws.conftest import SPEED, Client
from tests.local_aws.stacks import ended, reasons

# On Bedrock's clock, a little more than in local_aws/extension/cloudformation/role_propagation.py.
IN_EFFECT_SECONDS = 0.6
MODEL = "amazon.nova-micro-v1:0"
CODE = """
import time

def handle(event, context):
    order, custom = event["order_id"], context.client_context.custom
    if order == "13":
        raise ValueError("there is no order 13")
    if order == "14":
        time.sleep(1.5)
    return {"order_id": order, "status": "shipped", "tool": custom["bedrockAgentCoreToolName"], "keys": sorted(custom)}
"""
FACTS, SUMMARIES = "/facts/{actorId}/", "/summaries/{actorId}/{sessionId}/"
ORDER = {
    "Name": "call",
    "Description": "Says where an order is and when it arrives",
    "InputSchema": {"Type": "object", "Properties": {"order_id": {"Type": "string"}}, "Required": ["order_id"]},
}
TICKET = {
    "Description": "Creates a ticket for a problem",
    "InputSchema": {"type": "object", "properties": {"subject": {"type": "string"}}, "required": ["subject"]},
}


def attribute(resource: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, name]}


def allow(*actions: str, resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    service = {"Service": "bedrock-agentcore.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    policy = {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    properties = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [policy] if statements else [],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def harness(name: str, execution_role: str, **more: Any) -> dict[str, Any]:
    gateway = {"AgentCoreGateway": {"GatewayArn": attribute("Gateway", "GatewayArn")}}
    properties = {
        "HarnessName": name,
        "ExecutionRoleArn": attribute(execution_role, "Arn"),
        "Model": {"BedrockModelConfig": {"ModelId": MODEL}},
        "SystemPrompt": [{"Text": "Be brief."}],
        "Tools": [
            {"Type": "agentcore_gateway", "Name": "gateway", "Config": gateway},
            {"Type": "inline_function", "Name": "tickets", "Config": {"InlineFunction": TICKET}},
        ],
        "AllowedTools": ["@gateway", "tickets"],
        "Memory": {"Disabled": {}},
        **more,
    }
    return {"Type": "AWS::BedrockAgentCore::Harness", "Properties": properties}


def template() -> dict[str, Any]:
    core = "AWS::BedrockAgentCore::"
    function = {"Runtime": "python3.14", "Handler": "index.handle", "Timeout": 3, "Code": {"ZipFile": CODE}}
    target = {"LambdaArn": attribute("Function", "Arn"), "ToolSchema": {"InlinePayload": [ORDER]}}
    memory = {"AgentCoreMemoryConfiguration": {"Arn": attribute("Memory", "MemoryArn")}}
    strategies = [
        {"SemanticMemoryStrategy": {"Name": "facts", "Namespaces": [FACTS]}},
        {"SummaryMemoryStrategy": {"Name": "summaries", "Namespaces": [SUMMARIES]}},
    ]
    model = allow("bedrock:InvokeModelWithResponseStream")
    gateway = allow("bedrock-agentcore:InvokeGateway", resource=attribute("Gateway", "GatewayArn"))
    remember = allow(
        *(f"bedrock-agentcore:{action}" for action in ("CreateEvent", "ListEvents", "RetrieveMemoryRecords")),
        resource=attribute("Memory", "MemoryArn"),
    )
    resources: dict[str, Any] = {
        "GatewayRole": role(allow("lambda:InvokeFunction")),
        "Role": role(model, gateway),
        "MemoryRole": role(model, gateway, remember, allow("bedrock:ApplyGuardrail")),
        "PoorRole": role(model),
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {**function, "Role": attribute("GatewayRole", "Arn")},
        },
        "Gateway": {
            "Type": f"{core}Gateway",
            "Properties": {"Name": "shop", "AuthorizerType": "AWS_IAM", "RoleArn": attribute("GatewayRole", "Arn")},
        },
        "OpenGateway": {
            "Type": f"{core}Gateway",
            "Properties": {"Name": "open", "AuthorizerType": "NONE", "RoleArn": attribute("GatewayRole", "Arn")},
        },
        **{
            f"{gateway_name}Target": {
                "Type": f"{core}GatewayTarget",
                "Properties": {
                    "GatewayIdentifier": attribute(gateway_name, "GatewayIdentifier"),
                    "Name": "order-status",
                    "TargetConfiguration": {"Mcp": {"Lambda": target}},
                },
            }
            for gateway_name in ("Gateway", "OpenGateway")
        },
        "Memory": {
            "Type": f"{core}Memory",
            "Properties": {"Name": "shop", "EventExpiryDuration": 30, "MemoryStrategies": strategies},
        },
        "Plain": harness("plain", "Role"),
        "Remembering": harness("remembering", "MemoryRole", Memory=memory),
        "Poor": harness("poor", "PoorRole"),
        "Endpoint": {
            "Type": f"{core}HarnessEndpoint",
            "Properties": {"HarnessId": attribute("Plain", "HarnessId"), "EndpointName": "live"},
        },
    }
    outputs = {
        **{name: attribute(name, "Arn") for name in ("Plain", "Remembering", "Poor", "GatewayRole")},
        "Url": attribute("Gateway", "GatewayUrl"),
        "OpenUrl": attribute("OpenGateway", "GatewayUrl"),
        "GatewayArn": attribute("Gateway", "GatewayArn"),
        "MemoryId": attribute("Memory", "MemoryId"),
    }
    return {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in outputs.items()}}


def made(client: Client, name: str) -> dict[str, Any]:
    """The stack. First what looks at no role: one that a stack has just made is not in effect yet."""
    whole = template()
    looking = ("GatewayTarget", "Harness", "HarnessEndpoint")
    early = {key: item for key, item in whole["Resources"].items() if not item["Type"].endswith(looking)}
    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps({"Resources": early}))
    ended(client, name)
    time.sleep(IN_EFFECT_SECONDS * SPEED)
    client("cloudformation").update_stack(StackName=name, TemplateBody=json.dumps(whole))
    created = ended(client, name)
    assert created["StackStatus"] == "UPDATE_COMPLETE", reasons(client, name)
    return created
