"""Prompts in stacks: versions that never change, what AWS would refuse, and Converse with a prompt's ARN."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, outputs_of, reasons

STACK = "Prompts"


def template(text: str = "You work for {{company}}.", version: str = "One") -> dict[str, Any]:
    configuration = {"Text": {"Text": text, "InputVariables": [{"Name": "company"}]}}
    variant = {
        "Name": "default",
        "TemplateType": "TEXT",
        "TemplateConfiguration": configuration,
        "ModelId": "amazon.nova-micro-v1:0",
        "InferenceConfiguration": {"Text": {"MaxTokens": 100}},
    }
    arn = {"Fn::GetAtt": ["Prompt", "Arn"]}
    prompt = {"Name": "support", "DefaultVariant": "default", "Variants": [variant]}
    values = {"Prompt": arn, "Version": {"Fn::GetAtt": [version, "Arn"]}, "Id": {"Fn::GetAtt": ["Prompt", "Id"]}}
    return {
        "Resources": {
            "Prompt": {"Type": "AWS::Bedrock::Prompt", "Properties": prompt},
            version: {"Type": "AWS::Bedrock::PromptVersion", "Properties": {"PromptArn": arn, "Description": version}},
        },
        "Outputs": {name: {"Value": value} for name, value in values.items()},
    }


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
    assert client("bedrock-agent").list_prompts()["promptSummaries"] == []


def converse(client: Client, prompt: str, **request: Any) -> str:
    answer = client("bedrock-runtime").converse(modelId=prompt, **request)
    return str(answer["output"]["message"]["content"][0]["text"])


def versions(client: Client, prompt: str) -> list[tuple[str, str]]:
    found = client("bedrock-agent").list_prompts(promptIdentifier=prompt)["promptSummaries"]
    return [(item["version"], item.get("description", "")) for item in found]


def test_another_content_is_another_version_and_the_one_before_is_deleted(
    stack: dict[str, str], client: Client
) -> None:
    agent = client("bedrock-agent")
    assert stack["Version"] == f"{stack['Prompt']}:1"
    assert versions(client, stack["Id"]) == [("DRAFT", ""), ("1", "One")]

    client("cloudformation").update_stack(StackName=STACK, TemplateBody=json.dumps(template("Be brief.", "Two")))
    updated = outputs_of(ended(client, STACK))

    assert (updated["Prompt"], updated["Version"]) == (stack["Prompt"], f"{stack['Prompt']}:2")
    assert versions(client, stack["Prompt"]) == [("DRAFT", ""), ("2", "Two")]
    kept = agent.get_prompt(promptIdentifier=stack["Id"], promptVersion="2")["variants"][0]
    assert kept["templateConfiguration"]["text"]["text"] == "Be brief."
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        agent.get_prompt(promptIdentifier=stack["Version"])


def test_converse_takes_its_arn_with_variables(stack: dict[str, str], client: Client) -> None:
    values = {"company": {"text": "Example"}}

    assert "You work for Example." in converse(client, stack["Version"], promptVariables=values)
    with pytest.raises(ClientError, match="lacks 'company'"):
        converse(client, stack["Version"])
    with pytest.raises(ClientError, match="system cannot be set with a prompt"):
        converse(client, stack["Prompt"], promptVariables=values, system=[{"text": "x"}])


def test_what_aws_would_refuse(stack: dict[str, str], client: Client) -> None:
    agent = client("bedrock-agent")

    with pytest.raises(ClientError, match="ConflictException"):
        agent.create_prompt(name="support")
    for _ in range(9):
        agent.create_prompt_version(promptIdentifier=stack["Id"])
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        agent.create_prompt_version(promptIdentifier=stack["Id"])
