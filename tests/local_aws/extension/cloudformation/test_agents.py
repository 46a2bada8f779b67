"""Harnesses, gateways and memories in stacks: versions, endpoints, and what AWS would refuse."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.extension.cloudformation.agents_template import (
    ROLES,
    attribute,
    harness,
    new_role,
    role,
    role_arn,
    template,
)
from tests.local_aws.stacks import ended, outputs_of, reasons

STACK = "Agents"


@pytest.fixture(scope="module", autouse=True)
def roles(client: Client) -> Iterator[None]:
    """Not of the stacks: one that a stack has just made is not in effect yet."""
    iam = client("iam")
    for name, settings in ROLES.items():
        trust, policy = role(*settings)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
    yield
    for name in ROLES:
        iam.delete_role_policy(RoleName=name, PolicyName="own")
        iam.delete_role(RoleName=name)


@pytest.fixture
def stack(client: Client) -> Iterator[dict[str, str]]:
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template()))
    created = ended(client, STACK)
    assert created["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield outputs_of(created)
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=created["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def update(client: Client, changed: dict[str, Any]) -> dict[str, Any]:
    client("cloudformation").update_stack(StackName=STACK, TemplateBody=json.dumps(changed))
    return ended(client, STACK)


def test_the_services_have_what_the_stack_made(stack: dict[str, str], client: Client) -> None:
    control = client("bedrock-agentcore-control")

    found = control.get_harness(harnessId=stack["Id"])["harness"]
    assert (found["arn"], found["status"], found["harnessVersion"]) == (stack["Arn"], "READY", "1")
    assert found["maxIterations"] == 10
    assert found["model"]["bedrockModelConfig"]["additionalParams"]["guardrailConfig"]["guardrailVersion"] == "1"
    inline = found["tools"][1]["config"]["inlineFunction"]
    assert list(inline["inputSchema"]["properties"]) == ["Summary"], "names in a schema are the tool's own"
    retrieval = found["memory"]["agentCoreMemoryConfiguration"]["retrievalConfig"]
    assert retrieval == {"/facts/{actorId}/": {"topK": 10, "relevanceScore": 0.2}}
    live = control.get_harness_endpoint(harnessId=stack["Id"], endpointName="live")["endpoint"]
    assert (live["liveVersion"], live["status"]) == ("1", "READY")
    gateway = control.get_gateway(gatewayIdentifier=stack["Gateway"])
    assert gateway["gatewayUrl"] == stack["Url"]
    targets = control.list_gateway_targets(gatewayIdentifier=stack["Gateway"])["items"]
    assert [target["name"] for target in targets] == ["order-status"]
    strategies = control.get_memory(memoryId=stack["Memory"])["memory"]["strategies"]
    assert [strategy["type"] for strategy in strategies] == ["SEMANTIC"]


def test_a_target_and_then_its_gateway_are_deleted_by_hand(stack: dict[str, str], client: Client) -> None:
    control = client("bedrock-agentcore-control")
    gateway = {"gatewayIdentifier": stack["Gateway"]}
    target = {**gateway, "targetId": control.list_gateway_targets(**gateway)["items"][0]["targetId"]}
    assert control.get_gateway_target(**target)["name"] == "order-status"

    with pytest.raises(control.exceptions.ValidationException, match="has targets associated with it"):
        control.delete_gateway(**gateway)
    control.delete_gateway_target(**target)
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_gateway_target(**target)
    control.delete_gateway(**gateway)
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.get_gateway(**gateway)


def test_a_change_is_a_new_version_to_which_the_endpoint_moves(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Resources"]["Harness"]["Properties"] = harness("Be thorough.")

    updated = outputs_of(update(client, changed))

    assert (updated["Arn"], updated["Version"], updated["Live"]) == (stack["Arn"], "2", "2")
    old = client("bedrock-agentcore-control").get_harness(harnessId=stack["Id"], harnessVersion="1")["harness"]
    assert old["systemPrompt"] == [{"text": "Be brief."}]


def test_a_rollback_moves_the_endpoint_back(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Resources"]["Harness"]["Properties"] = harness("Be thorough.")
    wrong = {"HarnessId": attribute("Harness", "HarnessId"), "EndpointName": "next", "TargetVersion": "9"}
    changed["Resources"]["Wrong"] = {
        "Type": "AWS::BedrockAgentCore::HarnessEndpoint",
        "DependsOn": "Endpoint",
        "Properties": wrong,
    }

    assert update(client, changed)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    assert "Version 9 of harness" in reasons(client, STACK)
    control = client("bedrock-agentcore-control")
    live = control.get_harness_endpoint(harnessId=stack["Id"], endpointName="live")["endpoint"]["liveVersion"]
    served = control.get_harness(harnessId=stack["Id"], harnessVersion=live)["harness"]
    assert served["systemPrompt"] == [{"text": "Be brief."}]


def test_long_term_memory_can_be_added_and_removed_in_place(stack: dict[str, str], client: Client) -> None:
    changed = template()
    strategies = changed["Resources"]["Memory"]["Properties"]["MemoryStrategies"]
    strategies[0] = {"SummaryMemoryStrategy": {"Name": "summaries", "Namespaces": ["/summaries/{actorId}/"]}}

    assert outputs_of(update(client, changed))["Memory"] == stack["Memory"]

    found = client("bedrock-agentcore-control").get_memory(memoryId=stack["Memory"])["memory"]["strategies"]
    assert [(strategy["name"], strategy["type"]) for strategy in found] == [("summaries", "SUMMARIZATION")]


@pytest.mark.parametrize(("waits_for", "status"), [(None, "ROLLBACK_COMPLETE"), ("Target", "CREATE_COMPLETE")])
def test_five_targets_of_a_gateway_are_made_at_once(client: Client, waits_for: str | None, status: str) -> None:
    wanted = template()
    for number in range(5):
        target = copy.deepcopy(wanted["Resources"]["Target"])
        target["Properties"]["Name"] = f"target-{number}"
        wanted["Resources"][f"Target{number}"] = target
    if waits_for:
        target["DependsOn"] = waits_for
    name = f"Waves{status.partition('_')[0].title()}"
    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(wanted))

    assert ended(client, name)["StackStatus"] == status, reasons(client, name)
    assert ("at most 5 operations on targets" in reasons(client, name)) is (waits_for is None)
    client("cloudformation").delete_stack(StackName=name)


def test_nothing_is_left_of_a_deleted_stack(client: Client) -> None:
    control = client("bedrock-agentcore-control")

    assert control.list_harnesses()["harnesses"] == []
    assert control.list_gateways()["items"] == []
    assert control.list_memories()["memories"] == []


@pytest.mark.parametrize(
    ("resource", "properties", "refused"),
    [
        ("Harness", {"ExecutionRoleArn": role_arn("Untrusting")}, "Role validation failed"),
        ("Harness", {"ExecutionRoleArn": attribute("New", "Arn")}, "is not in effect yet"),
        ("Gateway", {"RoleArn": role_arn("Powerless")}, "may not invoke"),
        ("Gateway", {"RoleArn": attribute("New", "Arn")}, "policies are not in effect yet"),
        ("Endpoint", {"TargetVersion": "2"}, "Version 2 of harness"),
        ("Endpoint", {"EndpointName": "DEFAULT", "TargetVersion": "1"}, "already exists"),
        ("Harness", {"HarnessName": "with-hyphen"}, "HarnessName"),
        ("Harness", {"Tools": [{"Type": "inline_function", "Name": "a"}] * 2}, "tool names must be unique"),
        ("Harness", {"AllowedTools": ["@a/b/c"]}, "AllowedTools"),
        ("Target", {"Name": "with_underscore"}, "Name"),
        ("Memory", {"EventExpiryDuration": 2}, "EventExpiryDuration"),
    ],
)
def test_what_aws_would_refuse(client: Client, resource: str, properties: dict[str, Any], refused: str) -> None:
    wrong = copy.deepcopy(template())
    wrong["Resources"][resource]["Properties"] |= properties
    wrong["Resources"]["New"] = new_role()
    name = f"Refused{abs(hash(refused)) % 1000}"

    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(wrong))

    assert ended(client, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert refused in reasons(client, name)
    client("cloudformation").delete_stack(StackName=name)
    assert client("bedrock-agentcore-control").list_harnesses()["harnesses"] == []
