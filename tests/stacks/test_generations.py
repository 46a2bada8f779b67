"""The context `generations` reaches the resources that it names, and the outputs that the next deploy reads."""

import json
import re
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from deployment.config import load_deployment_config
from kit_contract.stacks import (
    GENERATIONS_CONTEXT,
    KNOWLEDGE_BASE_GENERATION,
    MODEL_ACCESS_GENERATION,
    NO_ROLES,
    REPLACED_LOGGING_ROLES_CONTEXT,
    agent_generation,
    agent_guardrail_generation,
    generations_context,
)
from stacks.agents_stack import AgentsStack
from stacks.inference_api_stack import InferenceApiStack
from stacks.invocation_logging_stack import InvocationLoggingStack
from stacks.knowledge_base_stack import KnowledgeBaseStack
from stacks.model_access_stack import ModelAccessStack
from tests.deployment_file import HEAD, PROJECT, deployment_file

ENVIRONMENT = cdk.Environment(account="111122223333", region="us-east-1")
TEXT = f"""{HEAD}
[knowledge_base]
documents = "examples/support/documents"
model = "amazon.nova-micro-v1:0"
guardrail = "other"
[guardrails.polite]
profanity = true
[guardrails.other]
profanity = true
[inference_api.aliases.bot]
model = "amazon.nova-micro-v1:0"
guardrail = "polite"
"""


def test_a_deploy_names_the_guardrails_and_the_knowledge_base_that_are_made_again(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path, TEXT))
    generations = f"polite:3,{KNOWLEDGE_BASE_GENERATION}:2"
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(context={**flags, GENERATIONS_CONTEXT: generations})

    stacks = [
        kind(app, kind.__name__, config=config, env=ENVIRONMENT) for kind in (InferenceApiStack, KnowledgeBaseStack)
    ]
    api, knowledge = (Template.from_stack(stack) for stack in stacks)

    names = {item["Properties"]["Name"] for item in api.find_resources("AWS::Bedrock::Guardrail").values()}
    assert names == {"sup-polite_3", "sup-other"}
    served = {
        name: api.to_json()["Outputs"][f"{name}Guardrail"]["Value"]["Fn::Join"][1] for name in ("Polite", "Other")
    }
    assert [served[name][0] for name in ("Polite", "Other")] == ["3 ", "1 "]
    (identifier,) = (
        name
        for name, item in api.find_resources("AWS::Bedrock::Guardrail").items()
        if "_3" in item["Properties"]["Name"]
    )
    assert served["Polite"][1] == {"Fn::GetAtt": [identifier, "GuardrailId"]}
    assert knowledge.to_json()["Outputs"]["KnowledgeBaseGeneration"]["Value"] == "2"


def test_each_part_of_an_agent_is_made_again_alone(tmp_path: Path) -> None:
    generations = {agent_generation("support", "memory"): 2, agent_guardrail_generation("polite"): 3}
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    config = load_deployment_config(PROJECT / "examples" / "agents" / "deployment.toml")
    apps = [
        cdk.App(context={**flags, **context})
        for context in ({}, {GENERATIONS_CONTEXT: generations_context(generations)})
    ]

    templates = [
        Template.from_stack(AgentsStack(app, "Agents", config=config, env=ENVIRONMENT)).to_json() for app in apps
    ]
    before, after = (template["Resources"] for template in templates)

    gone, made = before.keys() - after.keys(), after.keys() - before.keys()
    assert {before[name]["Type"] for name in gone} == {
        "AWS::Bedrock::Guardrail",
        "AWS::Bedrock::GuardrailVersion",
        "AWS::BedrockAgentCore::Memory",
    }
    names = {after[name]["Properties"].get("Name") for name in made}
    assert names == {"support_desk__support_2", "support-desk__polite_3", None}
    made_of = templates[0]["Outputs"]["SupportGateway"]["Value"]["Fn::Join"][1]
    attributes = [part["Fn::GetAtt"][1] for part in made_of if isinstance(part, dict)]
    tools = len(config.agents["support"].gateway_tools)
    assert attributes == ["GatewayIdentifier", *["TargetId"] * tools], "the next deploy looks for each target"


@pytest.mark.parametrize(
    ("context", "passed"),
    [
        (None, ["role/*"]),
        (NO_ROLES, []),
        ("arn:aws:iam::111122223333:role/Logs", ["role/Logs"]),
        ("arn:aws:iam::111122223333:role/Logs,1 arn:aws:iam::111122223333:role/New", ["role/Logs,1", "role/New"]),
    ],
)
def test_take_over_passes_the_roles_that_the_deploy_has_found(
    tmp_path: Path, context: str | None, passed: list[str]
) -> None:
    config = load_deployment_config(deployment_file(tmp_path, f"{HEAD}[invocation_logging]\ntake_over = true\n"))
    app = cdk.App(context={REPLACED_LOGGING_ROLES_CONTEXT: context} if context else {})

    stack = InvocationLoggingStack(app, "Logging", config=config, env=ENVIRONMENT)

    policies = json.dumps(Template.from_stack(stack).find_resources("AWS::IAM::Policy"))
    assert re.findall(r"iam::111122223333:(role/[^\"]*)", policies) == passed


def test_agreements_are_accepted_again(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path, f"{HEAD}\n[model_access]\n"))
    app = cdk.App(context={GENERATIONS_CONTEXT: f"{MODEL_ACCESS_GENERATION}:2"})

    template = Template.from_stack(ModelAccessStack(app, "Access", config=config, env=ENVIRONMENT))

    template.has_resource_properties("Custom::BedrockModelAccess", {"Generation": "2"})
    template.has_output("ModelAccessGeneration", {"Value": "2"})
