"""What the API's function may do with agents, and the secret that exists only if a tool needs approval."""

from __future__ import annotations

import json
from typing import Any

from aws_cdk.assertions import Template

from bedrock_constructs.inference_api.api import ServedAgent
from kit_contract.inference_api_settings import settings_from
from tests.bedrock_constructs.inference_api.api_stack import environment_of, synthesize

HARNESS = "arn:aws:bedrock-agentcore:us-east-1:111122223333:harness/support__support-Ab12Cd34Ef"
TICKETS = "arn:aws:lambda:us-east-1:111122223333:function:tickets"


def made(**confirmed: str) -> Template:
    return synthesize(knowledge_bases={}, model=None, agents={"support": ServedAgent(HARNESS, confirmed)})


def statements(template: Template) -> dict[str, Any]:
    policies = template.find_resources("AWS::IAM::Policy").values()
    found = [item for policy in policies for item in policy["Properties"]["PolicyDocument"]["Statement"]]
    return {item["Sid"]: item for item in found if "Sid" in item}


def test_an_agent_with_a_tool_that_needs_approval() -> None:
    template = made(tickets=TICKETS)

    allowed, environment = statements(template), environment_of(template)
    assert allowed["InvokeAgents"]["Resource"] == [HARNESS, f"{HARNESS}/harness-endpoint/live"]
    assert allowed["RunApprovedTools"]["Resource"] == TICKETS
    assert allowed["SignCalls"]["Resource"] == environment["APPROVAL_SECRET_ARN"]
    template.resource_count_is("AWS::SecretsManager::Secret", 2)
    plain = {name: value if isinstance(value, str) else "arn" for name, value in environment.items()}
    agent = settings_from({**plain, "ACCOUNT_ID": "1"}, "{}").agents["support"]
    assert (agent.harness_arn, agent.confirmed_tools) == (HARNESS, {"tickets": TICKETS})


def test_without_such_a_tool_there_is_no_secret() -> None:
    template = made()

    assert statements(template).keys() & {"InvokeAgents", "RunApprovedTools", "SignCalls"} == {"InvokeAgents"}
    template.resource_count_is("AWS::SecretsManager::Secret", 1)
    assert json.loads(environment_of(template)["AGENTS"])["support"]["confirmed_tools"] == {}


def test_without_agents_nothing_of_them_is_there() -> None:
    template = synthesize(knowledge_bases={}, model=None)

    assert not statements(template).keys() & {"InvokeAgents", "RunApprovedTools", "SignCalls"}
    assert not environment_of(template).keys() & {"AGENTS", "APPROVAL_SECRET_ARN"}
