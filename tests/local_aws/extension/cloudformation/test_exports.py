"""Exports of a stack that another stack imports."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.servers import code
from tests.local_aws.stacks import ended, reasons


def parameter(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def exporting(name: str, value: str, *, exported: bool = True) -> str:
    output = {"Value": value, **({"Export": {"Name": name}} if exported else {})}
    return json.dumps({"Resources": {"P": parameter(value)}, "Outputs": {"Id": output}})


def importing(name: str) -> str:
    return json.dumps({"Resources": {"P": parameter({"Fn::ImportValue": name})}})


def deploy(client: Client, name: str, template: str, *, update: bool = False) -> str:
    stacks = client("cloudformation")
    (stacks.update_stack if update else stacks.create_stack)(StackName=name, TemplateBody=template)
    return str(ended(client, name)["StackStatus"])


def exports(client: Client) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in client("cloudformation").list_exports()["Exports"]}


def test_an_imported_export_is_neither_changed_nor_removed(client: Client) -> None:
    deploy(client, "Exporter", exporting("base-id", "one"))
    deploy(client, "Importer", importing("base-id"))

    assert deploy(client, "Exporter", exporting("base-id", "two"), update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export base-id cannot be updated as it is in use by Importer." in reasons(client, "Exporter")

    removed = exporting("base-id", "one", exported=False)
    assert deploy(client, "Exporter", removed, update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Cannot delete export base-id as it is in use by Importer." in reasons(client, "Exporter")
    assert exports(client)["base-id"] == "one"

    with pytest.raises(ClientError, match="Export base-id is imported by stack Importer") as error:
        client("cloudformation").delete_stack(StackName="Exporter")
    assert code(error) == "ValidationError"


def test_an_export_that_nobody_imports_is_changed_and_removed(client: Client) -> None:
    deploy(client, "Free", exporting("free-id", "one"))

    assert deploy(client, "Free", exporting("free-id", "two"), update=True) == "UPDATE_COMPLETE"
    assert exports(client)["free-id"] == "two"
    assert deploy(client, "Free", exporting("free-id", "two", exported=False), update=True) == "UPDATE_COMPLETE"
    assert "free-id" not in exports(client)


def test_an_export_follows_once_its_importer_is_gone(client: Client) -> None:
    deploy(client, "Owner", exporting("owned-id", "one"))
    deploy(client, "Reader", importing("owned-id"))
    client("cloudformation").delete_stack(StackName="Reader")
    client("cloudformation").get_waiter("stack_delete_complete").wait(StackName="Reader", WaiterConfig={"Delay": 1})

    assert deploy(client, "Owner", exporting("owned-id", "two"), update=True) == "UPDATE_COMPLETE"


def test_two_stacks_cannot_export_one_name(client: Client) -> None:
    deploy(client, "First", exporting("same-id", "one"))

    assert deploy(client, "Second", exporting("same-id", "two")) == "ROLLBACK_COMPLETE"
    assert "Export with name same-id is already exported by stack First." in reasons(client, "Second")
    assert exports(client)["same-id"] == "one"
