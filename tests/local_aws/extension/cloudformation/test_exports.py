"""An imported export cannot change; a value that moves from an export to an SSM parameter can, in two deploys."""

import json
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, reasons

EXPORT = "producer:KnowledgeBaseId"
PARAMETER = "/bedrock-kit/exports/knowledge-base/documents/id"
IMPORTED = {"Fn::ImportValue": EXPORT}
READ = {"Ref": "Id"}


def producer(value: str, *, exported: bool = True, published: bool = True) -> dict[str, Any]:
    outputs = {"Id": {"Value": value, "Export": {"Name": EXPORT}}} if exported else {}
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": PARAMETER, "Type": "String", "Value": value}}
    other = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/exports/other", "Type": "String", "Value": value}}
    return {"Resources": {"Other": other, **({"Published": parameter} if published else {})}, "Outputs": outputs}


def consumer(value: dict[str, str]) -> dict[str, Any]:
    seen = {"Name": "/exports/seen", "Type": "String", "Value": value}
    parameters = {"Id": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": PARAMETER}}
    return {
        "Parameters": parameters if value == READ else {},
        "Resources": {"Seen": {"Type": "AWS::SSM::Parameter", "Properties": seen}},
    }


def deployed(client: Client, name: str, template: dict[str, Any]) -> str:
    cloudformation = client("cloudformation")
    known = [
        stack["StackName"]
        for stack in cloudformation.describe_stacks()["Stacks"]
        if stack["StackStatus"] != "DELETE_COMPLETE"
    ]
    call = cloudformation.update_stack if name in known else cloudformation.create_stack
    call(StackName=name, TemplateBody=json.dumps(template))
    return str(ended(client, name)["StackStatus"])


@pytest.fixture(autouse=True)
def clean(client: Client) -> Any:
    yield
    for name in ("consumer", "producer"):
        client("cloudformation").delete_stack(StackName=name)
        client("cloudformation").get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def seen(client: Client) -> str:
    return str(client("ssm").get_parameter(Name="/exports/seen")["Parameter"]["Value"])


@pytest.mark.parametrize(
    ("after", "refusal"),
    [
        (producer("KB2", published=False), "cannot be updated as it is in use by consumer"),
        (producer("KB1", exported=False), "cannot be deleted as it is in use by consumer"),
    ],
)
def test_an_imported_export_cannot_change_or_go(client: Client, after: dict[str, Any], refusal: str) -> None:
    deployed(client, "producer", producer("KB1", published=False))
    deployed(client, "consumer", consumer(IMPORTED))

    status = deployed(client, "producer", after)

    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Export {EXPORT} {refusal}" in reasons(client, "producer")
    assert seen(client) == "KB1"


def test_an_export_that_nobody_imports_may_change(client: Client) -> None:
    deployed(client, "producer", producer("KB1"))

    assert deployed(client, "producer", producer("KB2")) == "UPDATE_COMPLETE"


def test_a_deployment_of_the_last_release_is_upgraded_and_then_changed(client: Client) -> None:
    """The producer is updated first, so it keeps the export for as long as the consumer may import it."""
    deployed(client, "producer", producer("KB1", published=False))
    deployed(client, "consumer", consumer(IMPORTED))

    upgrade = [
        deployed(client, "producer", producer("KB1")),
        deployed(client, "consumer", consumer(READ)),
    ]
    replacement = [
        deployed(client, "producer", producer("KB2")),
        deployed(client, "consumer", consumer(READ)),
    ]

    assert {*upgrade, *replacement} == {"UPDATE_COMPLETE"}
    assert seen(client) == "KB2"
