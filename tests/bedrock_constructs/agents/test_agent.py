"""An agent in a stack of one's own: its defaults, what the model may call, and who may do what."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.agents.agent import Agent
from bedrock_constructs.agents.gateway import ToolGateway
from bedrock_constructs.agents.knowledge_base_tool import KnowledgeBaseTool
from bedrock_constructs.agents.memory import AgentMemory
from bedrock_constructs.agents.tools import ConfirmedTool
from bedrock_constructs.guardrails import Guardrail

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
GIVEN: dict[str, Any] = {
    "name": "desk__support",
    "model": "amazon.nova-micro-v1:0",
    "model_arns": [MODEL],
    "instructions": "Be brief.",
}
SCHEMA = {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}}


@pytest.fixture
def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))


def harness(stack: cdk.Stack) -> dict[str, Any]:
    (found,) = Template.from_stack(stack).find_resources("AWS::BedrockAgentCore::Harness").values()
    return dict(found["Properties"])


def actions(stack: cdk.Stack) -> str:
    """Of the policies, without those of the custom resources."""
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    return json.dumps({name: item for name, item in policies.items() if not name.startswith("CustomResource")})


def test_an_agent_alone_may_use_no_tool_and_keeps_nothing(stack: cdk.Stack) -> None:
    agent = Agent(stack, "Agent", **GIVEN)

    found = harness(stack)
    assert found["AllowedTools"] == ["@gateway"], "a name that no tool has: without one, the shell is allowed"
    assert found["Tools"] == []
    assert found["Memory"] == {"Disabled": {}}, "without it, AWS makes a memory and bills it"
    assert found["Model"]["BedrockModelConfig"] == {"ModelId": "amazon.nova-micro-v1:0", "ApiFormat": "converse_stream"}
    for right in ("InvokeGateway", "CreateEvent", "CodeInterpreter", "ApplyGuardrail", "AssumeRole", "InvokeFunction"):
        assert right not in actions(stack)
    assert agent.endpoint == "live"


def test_the_endpoint_follows_the_version_of_the_harness(stack: cdk.Stack) -> None:
    Agent(stack, "Agent", **GIVEN)

    template = Template.from_stack(stack)
    (name,) = template.find_resources("AWS::BedrockAgentCore::Harness")
    (endpoint,) = template.find_resources("AWS::BedrockAgentCore::HarnessEndpoint").values()
    assert endpoint["Properties"]["TargetVersion"] == {"Fn::GetAtt": [name, "Version"]}


def test_roles_are_in_effect_when_aws_looks_at_them(stack: cdk.Stack) -> None:
    """At the creation of a harness whether it may assume its role, at that of a target whether the role may call it."""
    gateway = ToolGateway(stack, "Gateway", name="desk")
    function = KnowledgeBaseTool(stack, "Search", knowledge_base_id="KB12345678").function
    gateway.add_tool("manuals", function=function, description="Searches", input_schema=SCHEMA)
    Agent(stack, "Agent", **GIVEN, gateway=gateway)

    made = Template.from_stack(stack).to_json()["Resources"]
    waits = {name: item for name, item in made.items() if item["Type"] == "Custom::RolePropagation"}
    for kind, role, used in (
        ("Harness", "AgentRole", [MODEL, stack.resolve(gateway.gateway.gateway_arn)]),
        ("GatewayTarget", "GatewayRole", [stack.resolve(function.function_arn)]),
    ):
        (waiting,) = (item for item in made.values() if item["Type"] == f"AWS::BedrockAgentCore::{kind}")
        (wait,) = (waits[name] for name in waits.keys() & set(waiting["DependsOn"]))
        assert wait["Properties"]["RoleName"]["Ref"].startswith(role)
        assert wait["Properties"]["Resources"] == used, "another one is to be in effect, too"
        policies = [made[name] for name in wait["DependsOn"] if made[name]["Type"] == "AWS::IAM::Policy"]
        assert wait["Properties"]["RoleName"] in [policy["Properties"]["Roles"][0] for policy in policies]


def test_at_most_five_targets_of_a_gateway_are_made_at_once(stack: cdk.Stack) -> None:
    """https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html"""
    gateway = ToolGateway(stack, "Gateway", name="desk")
    function = KnowledgeBaseTool(stack, "Search", knowledge_base_id="KB12345678").function
    for number in range(12):
        gateway.add_tool(f"tool-{number}", function=function, description="Searches", input_schema=SCHEMA)

    targets = Template.from_stack(stack).find_resources("AWS::BedrockAgentCore::GatewayTarget")
    numbers = {name: int(item["Properties"]["Name"].removeprefix("tool-")) for name, item in targets.items()}
    waits = {
        numbers[name]: [numbers[one] for one in item["DependsOn"] if one in numbers] for name, item in targets.items()
    }
    assert waits == {number: [number - 5] if number >= 5 else [] for number in range(12)}


def test_the_model_may_call_what_is_declared(stack: cdk.Stack) -> None:
    gateway = ToolGateway(stack, "Gateway", name="desk")
    function = KnowledgeBaseTool(stack, "Search", knowledge_base_id="KB12345678").function
    gateway.add_tool("manuals", function=function, description="Searches", input_schema=SCHEMA)
    Agent(
        stack,
        "Agent",
        **GIVEN,
        gateway=gateway,
        confirmed_tools={"tickets": ConfirmedTool("Opens a ticket", SCHEMA)},
        mcp_servers={"web": "https://mcp.example.com/mcp"},
        code_interpreters=["python"],
        builtin_tools=["shell"],
    )

    found = harness(stack)
    assert found["AllowedTools"] == ["@gateway", "@web", "tickets", "python", "@builtin/shell"]
    assert [tool["Type"] for tool in found["Tools"]] == [
        *("agentcore_gateway", "inline_function", "remote_mcp", "agentcore_code_interpreter"),
    ]
    assert found["Tools"][1]["Config"]["InlineFunction"]["InputSchema"] == SCHEMA
    (target,) = Template.from_stack(stack).find_resources("AWS::BedrockAgentCore::GatewayTarget").values()
    (tool,) = target["Properties"]["TargetConfiguration"]["Mcp"]["Lambda"]["ToolSchema"]["InlinePayload"]
    assert tool["InputSchema"]["Properties"]["tags"] == {"Type": "array", "Items": {"Type": "string"}}


def test_long_term_memory_is_searched_by_caller(stack: cdk.Stack) -> None:
    memory = AgentMemory(stack, "Memory", name="desk", days=7, long_term=True)
    Agent(stack, "Agent", **GIVEN, memory=memory)

    searched = harness(stack)["Memory"]["AgentCoreMemoryConfiguration"]["RetrievalConfig"]
    (made,) = Template.from_stack(stack).find_resources("AWS::BedrockAgentCore::Memory").values()
    strategies = made["Properties"]["MemoryStrategies"]
    assert set(searched) == {
        namespace for item in strategies for one in item.values() for namespace in one["Namespaces"]
    }
    assert all("{actorId}" in namespace for namespace in searched), "one caller never reads another's"
    assert "bedrock-agentcore:RetrieveMemoryRecords" in actions(stack)


def test_short_term_memory_learns_nothing(stack: cdk.Stack) -> None:
    memory = AgentMemory(stack, "Memory", name="desk", days=7, long_term=False)
    Agent(stack, "Agent", **GIVEN, memory=memory)

    (made,) = Template.from_stack(stack).find_resources("AWS::BedrockAgentCore::Memory").values()
    assert "MemoryStrategies" not in made["Properties"]
    assert "RetrievalConfig" not in harness(stack)["Memory"]["AgentCoreMemoryConfiguration"]


def test_a_guardrail_is_in_each_request_to_the_model(stack: cdk.Stack) -> None:
    words = {"word_policy_config": {"wordsConfig": [{"text": "acme"}]}}
    polite = Guardrail(stack, "Polite", name="desk__polite", blocked_input="no", blocked_output="no", policies=words)
    Agent(stack, "Agent", **GIVEN, guardrail=polite)

    parameters = harness(stack)["Model"]["BedrockModelConfig"]["AdditionalParams"]["guardrailConfig"]
    assert set(parameters) == {"guardrailIdentifier", "guardrailVersion"}
    assert parameters["guardrailVersion"]["Fn::GetAtt"][1] == "Version"
    assert "bedrock:ApplyGuardrail" in actions(stack)


def test_a_name_of_a_later_generation_fits(stack: cdk.Stack) -> None:
    Agent(stack, "Agent", **GIVEN | {"name": "a" * 40}, generation=12)

    assert harness(stack)["HarnessName"] == f"{'a' * 37}_12"
