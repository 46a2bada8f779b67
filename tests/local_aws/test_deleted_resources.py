"""Guardrails and knowledge bases deleted by hand on the embedded AWS: seen, and replaced by another generation only."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from kit.deleted_resources import generation_arguments
from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, outputs_of, reasons

STACK = "gone-inference-api"
CONFIG = DeploymentConfig.model_validate(
    {
        "deployment": {"name": "gone", "region": "us-east-1"},
        "guardrails": {"polite": {"profanity": True}},
        "inference_api": {"aliases": {"bot": {"model": "amazon.nova-micro-v1:0", "guardrail": "polite"}}},
    }
)


def template(generation: int, refusal: str = "no") -> str:
    """What bedrock_constructs/guardrails.py makes, without the custom resource."""
    again = f"_{generation}" if generation > 1 else ""
    guardrail, version = f"Guardrail{generation}", f"Version{generation}"
    identifier = {"Fn::GetAtt": [guardrail, "GuardrailId"]}
    served = ["", [f"{generation} ", identifier, " ", {"Fn::GetAtt": [version, "Version"]}]]
    properties = {"Name": f"gone-polite{again}", "BlockedInputMessaging": refusal, "BlockedOutputsMessaging": "no"}
    document = {
        "Resources": {
            guardrail: {"Type": "AWS::Bedrock::Guardrail", "Properties": properties},
            version: {
                "Type": "AWS::Bedrock::GuardrailVersion",
                "DeletionPolicy": "Retain",
                "Properties": {"GuardrailIdentifier": identifier, "Description": refusal},
            },
        },
        "Outputs": {"PoliteGuardrail": {"Value": {"Fn::Join": served}}},
    }
    return json.dumps(document)


@pytest.fixture
def guardrail(client: Client) -> Iterator[dict[str, str]]:
    """Its id and version."""
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template(1))
    assert ended(client, STACK)["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield served(client)
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def served(client: Client) -> dict[str, str]:
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    _, identifier, version = outputs_of(stack)["PoliteGuardrail"].split()
    return {"guardrailIdentifier": identifier, "guardrailVersion": version}


def updated(client: Client, body: str) -> dict[str, Any]:
    client("cloudformation").update_stack(StackName=STACK, TemplateBody=body)
    return ended(client, STACK)


def arguments(client: Client) -> list[str]:
    return generation_arguments(CONFIG, client, print)


@pytest.mark.parametrize("version_only", [True, False])
def test_a_guardrail_deleted_by_hand_is_replaced_and_the_replacement_stays(
    client: Client, guardrail: dict[str, str], version_only: bool
) -> None:
    assert arguments(client) == []
    identifier = guardrail["guardrailIdentifier"]
    client("bedrock").delete_guardrail(**guardrail if version_only else {"guardrailIdentifier": identifier})

    assert arguments(client) == ["-c", "generations=polite:2"]
    stack = updated(client, template(2))

    assert stack["StackStatus"] == "UPDATE_COMPLETE", reasons(client, STACK)
    again = served(client)
    assert client("bedrock").get_guardrail(**again)["name"] == "gone-polite_2"
    assert again["guardrailIdentifier"] != identifier
    assert arguments(client) == ["-c", "generations=polite:2"]  # still, so that the next deploy replaces nothing
    listed = [item["name"] for item in client("bedrock").list_guardrails()["guardrails"]]
    assert [name for name in listed if name.startswith("gone-")] == ["gone-polite_2"]


def test_cloudformation_cannot_change_a_guardrail_that_is_gone(client: Client, guardrail: dict[str, str]) -> None:
    client("bedrock").delete_guardrail(guardrailIdentifier=guardrail["guardrailIdentifier"])

    assert updated(client, template(1, "never"))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
