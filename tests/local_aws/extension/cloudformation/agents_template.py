"""A template with a harness, a gateway and a memory, and the roles that it names."""

from typing import Any

ROLES = {
    "Agents": ("bedrock-agentcore.amazonaws.com", "lambda:InvokeFunction"),
    "Untrusting": ("bedrock.amazonaws.com", "lambda:InvokeFunction"),
    "Powerless": ("bedrock-agentcore.amazonaws.com", "s3:GetObject"),
}


def role_arn(name: str) -> str:
    return f"arn:aws:iam::000000000000:role/{name}"


def role(service: str, action: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Trust policy and inline policy."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [trust]}, {"Version": "2012-10-17", "Statement": [allow]}


def new_role() -> dict[str, Any]:
    trust, policy = role(*ROLES["Agents"])
    policies = [{"PolicyName": "own", "PolicyDocument": policy}]
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies}}


def attribute(resource: str, name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, name]}


def harness(instructions: str = "Be brief.") -> dict[str, Any]:
    gateway = {"AgentCoreGateway": {"GatewayArn": attribute("Gateway", "GatewayArn")}}
    schema = {"type": "object", "properties": {"Summary": {"type": "string"}}}
    inline = {"InlineFunction": {"Description": "Opens a ticket", "InputSchema": schema}}
    retrieval = {"/facts/{actorId}/": {"TopK": 10, "RelevanceScore": 0.2}}
    memory = {"Arn": attribute("Memory", "MemoryArn"), "RetrievalConfig": retrieval}
    parameters = {"guardrailConfig": {"guardrailIdentifier": "abc", "guardrailVersion": "1"}}
    return {
        "HarnessName": "desk__support",
        "ExecutionRoleArn": role_arn("Agents"),
        "Model": {"BedrockModelConfig": {"ModelId": "us.amazon.nova-2-lite-v1:0", "AdditionalParams": parameters}},
        "SystemPrompt": [{"Text": instructions}],
        "Tools": [
            {"Type": "agentcore_gateway", "Name": "gateway", "Config": gateway},
            {"Type": "inline_function", "Name": "tickets", "Config": inline},
        ],
        "AllowedTools": ["@gateway", "tickets"],
        "Memory": {"AgentCoreMemoryConfiguration": memory},
        "MaxIterations": "10",
    }


def template() -> dict[str, Any]:
    function = {
        "Runtime": "python3.14",
        "Handler": "index.handler",
        "Role": role_arn("Agents"),
        "Code": {"ZipFile": "def handler(event, context): return event"},
    }
    schema = {"Type": "object", "Properties": {"Order": {"Type": "string"}}, "Required": ["Order"]}
    tool = {"Name": "call", "Description": "Looks up an order", "InputSchema": schema}
    target = {"LambdaArn": attribute("Function", "Arn"), "ToolSchema": {"InlinePayload": [tool]}}
    endpoint = {
        "HarnessId": attribute("Harness", "HarnessId"),
        "EndpointName": "live",
        "TargetVersion": attribute("Harness", "Version"),
    }
    facts = {"SemanticMemoryStrategy": {"Name": "facts", "Namespaces": ["/facts/{actorId}/"]}}
    agentcore = {
        "Gateway": ("Gateway", {"Name": "desk", "AuthorizerType": "AWS_IAM", "RoleArn": role_arn("Agents")}),
        "Target": (
            "GatewayTarget",
            {
                "GatewayIdentifier": attribute("Gateway", "GatewayIdentifier"),
                "Name": "order-status",
                "TargetConfiguration": {"Mcp": {"Lambda": target}},
            },
        ),
        "Memory": ("Memory", {"Name": "desk", "EventExpiryDuration": 30, "MemoryStrategies": [facts]}),
        "Harness": ("Harness", harness()),
        "Endpoint": ("HarnessEndpoint", endpoint),
    }
    resources: dict[str, Any] = {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        **{name: {"Type": f"AWS::BedrockAgentCore::{kind}", "Properties": p} for name, (kind, p) in agentcore.items()},
    }
    outputs = {
        "Arn": ("Harness", "Arn"),
        "Id": ("Harness", "HarnessId"),
        "Version": ("Harness", "Version"),
        "Live": ("Endpoint", "LiveVersion"),
        "Gateway": ("Gateway", "GatewayIdentifier"),
        "Url": ("Gateway", "GatewayUrl"),
        "Memory": ("Memory", "MemoryId"),
    }
    return {
        "Resources": resources,
        "Outputs": {name: {"Value": attribute(*place)} for name, place in outputs.items()},
    }
