"""[agents.*]: what AgentCore would refuse is refused before a deploy, with the setting and the fix."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.config import load_deployment_config
from deployment.costs.agents import agent_groups
from deployment.costs.inference_api import Traffic
from tests.deployment_file import HEAD, PROJECT, deployment_file, file_faults

EXAMPLE = PROJECT / "examples" / "agents" / "deployment.toml"
AGENT = '[agents.support]\nmodel = "us.amazon.nova-2-lite-v1:0"\ninstructions = "Be brief."\n'
ORDERS = '[agents.support.tools.orders]\nkind = "lambda"\ncode = "examples/tools/order_status.py"\n'
TOOL = "[agents.support.tools.orders]\n"


def tool(kind: str, *settings: str) -> str:
    lines = [f'kind = "{kind}"', *settings]
    return AGENT + TOOL + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        AGENT,
        AGENT + ORDERS,
        AGENT + ORDERS + "confirm = true\n",
        tool("code-interpreter"),
        tool("mcp", 'url = "https://mcp.example.com/mcp"'),
        AGENT + 'memory = "long"\nmemory_days = 365\nbuiltin_tools = ["shell"]\n',
    ],
)
def test_what_can_be_deployed(tmp_path: Path, text: str) -> None:
    assert file_faults(tmp_path, HEAD + text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            AGENT + 'kind = "classic"\n',
            'agents.support: kind = "classic" (Amazon Bedrock Agents) is closed to accounts',
        ),
        (AGENT.replace("instructions", "instruction"), "agents.support.instruction is not a setting"),
        (AGENT.replace("Be brief.", "  "), "agents.support.instructions must have 1 to 20,000 characters, got 0"),
        (AGENT.replace("Be brief.", "{{resolve:ssm:a}}"), "instructions: CloudFormation would replace {{resolve:...}}"),
        (
            AGENT + 'instructions_file = "x.md"\n',
            "exactly one of instructions, instructions_file, instructions_prompt is",
        ),
        (
            AGENT.replace("us.amazon.nova-2-lite-v1:0", "chat"),
            "support.model: is no model id, and no alias is called 'ch",
        ),
        (AGENT.replace("us.amazon.nova-2-lite-v1:0", "amazon.titan-embed-text-v2:0"), "gives embedding, not answers"),
        (AGENT.replace("us.amazon.nova-2-lite-v1:0", "amazon.titan-text-x"), "is not in the model catalog"),
        (
            AGENT.replace("us.amazon.nova-2-lite-v1:0", "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc"),
            "an agent's model is a foundation model or an inference profile",
        ),
        (
            tool(
                "lambda",
                'function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:orders"',
                'schema_file = "examples/tools/order_status.json"',
            ),
            "tools.orders.function_arn: must be in the deployment's Region us-east-1",
        ),
        (AGENT + "memory_days = 2\n", "agents.support.memory_days: must be at least 3, got 2"),
        (AGENT + "memory_days = 90\n", 'agents.support: memory_days: nothing is kept with memory = "off"; remove it'),
        (AGENT + "max_iterations = 0\n", "agents.support.max_iterations: must be at least 1, got 0"),
        (AGENT + 'max_tokens = "many"\n', "agents.support.max_tokens: must be a whole number, got 'many'"),
        (AGENT + 'memory = "some"\n', "agents.support.memory: must be 'off', 'short' or 'long', got 'some'"),
        (AGENT + 'builtin_tools = "shell"\n', "agents.support.builtin_tools: must be a list, got 'shell'"),
        (AGENT + 'tools = "shell"\n', "agents.support.tools: must be a table, got 'shell'"),
        (AGENT + 'guardrail = "polite"\n', "agents.support.guardrail: must be one of [guardrails.*], got 'polite'"),
        (tool("lambda"), 'kind = "lambda" needs code or function_arn, one of them'),
        (tool("lambda", 'url = "https://a.example/"'), 'url: not of kind = "lambda"; allowed: code, function_arn'),
        (tool("mcp", "confirm = true", 'url = "https://a.example/"'), 'confirm: not of kind = "mcp"; allowed: url'),
        (tool("mcp"), 'kind = "mcp" needs url'),
        (tool("mcp", 'url = "http://a.example/"'), "must be a URL such as https://mcp.example.com/mcp"),
        (tool("knowledge-base", 'knowledge_base = "docs"'), "is not a knowledge base, got 'docs'; allowed: none"),
        (tool("lambda", 'code = "absent.py"'), "absent.py does not exist; name a Python file or a folder"),
        (AGENT + ORDERS + 'handler = "order_status.other"\n', "order_status.py defines no other; define it"),
        (AGENT + ORDERS + 'schema_file = "absent.json"\n', "absent.json cannot be read: No such file or directory"),
        (
            tool("lambda", 'function_arn = "arn:aws:lambda:us-east-1:111122223333:function:orders"'),
            "schema_file: is missing; name a JSON file",
        ),
        ((AGENT + ORDERS).replace("tools.orders", "tools.gateway"), "gateway, shell, browser are names of the harness"),
        (
            AGENT + ORDERS + ORDERS.replace("orders", "a-1") + ORDERS.replace("orders", "a1"),
            "in a hyphen before a digit",
        ),
    ],
)
def test_a_fault_names_the_setting_and_the_fix(tmp_path: Path, text: str, fault: str) -> None:
    faults = file_faults(tmp_path, HEAD + text)

    assert len(faults) == 1, faults
    assert fault in faults[0]


def test_a_name_that_is_too_long_for_agentcore(tmp_path: Path) -> None:
    text = HEAD.replace('"sup"', f'"{"s" * 20}"') + AGENT.replace("support", "a" * 19)

    (fault,) = file_faults(tmp_path, text)

    assert f"its name in AgentCore, {'s' * 20}__{'a' * 19}, must have at most 40 characters, got 41" in fault


def test_a_region_without_the_harness(tmp_path: Path) -> None:
    elsewhere = HEAD.replace("us-east-1", "sa-east-1") + AGENT.replace("us.amazon", "global.amazon")

    assert any("AgentCore's harness is offered in us-east-1" in fault for fault in file_faults(tmp_path, elsewhere))


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"type": "string"}, 'inputSchema.type must be "object"'),
        ({"type": "object", "properties": {"a": {"type": "text"}}}, "properties.a.type must be one of string, number"),
        ({"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}}, "takes type, description, prop"),
        (
            {"type": "object", "properties": {"a": {"type": "array"}}},
            "properties.a.items must be the schema of an item",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]},
            "must list names of properties",
        ),
        ({"type": "object", "required": [["a"]]}, "must list names of properties, got ['a']; allowed: none"),
        (
            {"type": "object", "properties": {"a": {"type": "string", "description": 5}}},
            "inputSchema.properties.a.description must be a text, got 5",
        ),
        ({"type": "object", "properties": ["a"]}, "properties must be an object of schemas"),
        (
            {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "object", "oneOf": []}}}},
            "inputSchema.properties.a.items: a gateway takes",
        ),
    ],
)
def test_a_gateway_takes_a_part_of_json_schema(tmp_path: Path, schema: dict[str, Any], fault: str) -> None:
    (tmp_path / "tool.json").write_text(json.dumps({"description": "A tool", "inputSchema": schema}), encoding="utf-8")

    faults = file_faults(tmp_path, HEAD + AGENT + ORDERS + 'schema_file = "tool.json"\n')

    assert len(faults) == 1, faults
    assert fault in faults[0]


def test_a_confirmed_tool_may_have_all_of_json_schema(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}}
    (tmp_path / "tool.json").write_text(json.dumps({"description": "A tool", "inputSchema": schema}), encoding="utf-8")
    text = HEAD + AGENT + ORDERS + 'schema_file = "tool.json"\nconfirm = true\n'

    assert file_faults(tmp_path, text) == []


def test_a_tool_may_be_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "__pycache__" / "left.pyc").write_bytes(b"")
    (folder / "lambda_function.py").write_text("def lambda_handler(event, context): ...\n", encoding="utf-8")
    declared = {"description": "Looks up orders", "inputSchema": {"type": "object"}}
    (folder / "schema.json").write_text(json.dumps(declared), encoding="utf-8")
    text = HEAD + AGENT + TOOL + 'kind = "lambda"\ncode = "orders"\n'

    assert file_faults(tmp_path, text) == []
    made = load_deployment_config(deployment_file(tmp_path, text)).agents["support"].tools["orders"]
    assert sorted(made.code_files()) == ["lambda_function.py", "schema.json"]
    assert (made.entry_point, made.declaration()) == ("lambda_function.lambda_handler", declared)


@pytest.mark.parametrize(
    ("content", "fault"),
    [("{", "is not JSON"), ("[]", "got list"), ('{"description": "a"}', "got ['description']")],
)
def test_a_schema_file_is_an_object_with_two_members(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "tool.json").write_text(content, encoding="utf-8")

    (found,) = file_faults(tmp_path, HEAD + AGENT + ORDERS + 'schema_file = "tool.json"\n')

    assert fault in found


def test_instructions_in_a_file(tmp_path: Path) -> None:
    text = HEAD + AGENT.replace('instructions = "Be brief."', 'instructions_file = "it.md"')
    (absent,) = file_faults(tmp_path, text)
    (tmp_path / "it.md").write_text(" \n", encoding="utf-8")
    (empty,) = file_faults(tmp_path, text)
    (tmp_path / "it.md").write_text("Be brief.\n", encoding="utf-8")

    assert "agents.support.instructions_file" in absent
    assert "it.md must have 1 to 20,000 characters, got 0" in empty
    assert file_faults(tmp_path, text) == []
    config = load_deployment_config(deployment_file(tmp_path, text))
    assert config.agents["support"].system_prompt == "Be brief."


def test_the_cost_of_invocations_names_what_is_unknown_before(tmp_path: Path) -> None:
    config = load_deployment_config(EXAMPLE)

    (group,) = agent_groups(config, Traffic(requests=1000))

    amounts = {line.part: line.usd for line in group.lines}
    assert amounts["gateway"] == pytest.approx(0.01)  # 2,000 requests at 5 USD a million
    assert amounts["memory: events"] == pytest.approx(0.5)  # 2,000 at 0.25 USD a thousand
    assert amounts["session's processor"] is None
    assert amounts["session's RAM"] is None
    assert "300 s after" in next(line.what for line in group.lines if line.part == "session's RAM")
    assert "memory: searches" not in amounts
    assert group.at_least


@pytest.mark.parametrize("confirm", ["", "confirm = true\n"])
def test_what_cloudformation_would_replace_in_a_declaration(tmp_path: Path, confirm: str) -> None:
    schema = {"type": "object", "properties": {"number": {"type": "string", "description": "{{resolve:ssm:a}}"}}}
    file = tmp_path / "own.json"
    file.write_text(json.dumps({"description": "Looks up an order", "inputSchema": schema}), encoding="utf-8")

    (fault,) = file_faults(tmp_path, HEAD + AGENT + ORDERS + f'schema_file = "{file}"\n{confirm}')

    assert "tools.orders.schema_file: own.json: CloudFormation would replace {{resolve:...}}" in fault


def test_what_cloudformation_would_replace_in_a_description(tmp_path: Path) -> None:
    text = tool("knowledge-base", 'knowledge_base = "documents"', 'description = "{{resolve:ssm:a}}"')
    base = '[knowledge_base]\ndocuments = "examples/support/documents"\nmodel = "amazon.nova-micro-v1:0"\n'

    (fault,) = file_faults(tmp_path, HEAD + text + base)

    assert "tools.orders.description: CloudFormation would replace {{resolve:...}}" in fault
