"""An alias is taken from an imported model when its section goes or names another alias, and from no other target."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.imported_model_serving import ImportedModelServingResource
from tests.custom_resources.aws import event, stubbed

NAME = "/bedrock-kit/sup/aliases/chat/serving"
OURS = {"kind": "imported-model", "customization": "open", "target_arn": "arn:x"}


@pytest.fixture
def ssm() -> tuple[ImportedModelServingResource, Stubber]:
    client, stubber = stubbed("ssm")
    return ImportedModelServingResource(client), stubber


def request(kind: str, alias: str = "chat", old: str = "") -> Request:
    given = {"Customization": "open", "Alias": alias, "KitDeployment": "sup"}
    more = {"OldResourceProperties": {**given, "Alias": old}} if old else {}
    return Request.from_event(event(kind, given, **more))


def serving(stubber: Stubber, value: dict[str, Any]) -> None:
    stubber.add_response("get_parameter", {"Parameter": {"Name": NAME, "Value": json.dumps(value)}}, {"Name": NAME})


@pytest.mark.parametrize("value", [OURS, {"canary": {"target_arn": "arn:x"}}])
def test_the_alias_falls_back_with_the_section(
    ssm: tuple[ImportedModelServingResource, Stubber], value: dict[str, Any]
) -> None:
    resource, stubber = ssm
    serving(stubber, value)
    stubber.add_response("delete_parameter", {}, {"Name": NAME})

    resource.delete(request("Delete"))

    stubber.assert_no_pending_responses()
    assert resource.describe(request("Delete")).phase is Phase.GONE


@pytest.mark.parametrize(
    "value", [{**OURS, "customization": "renamed"}, {"kind": "custom-model-deployment", "target_arn": "arn:y"}]
)
def test_what_another_section_published_stays(
    ssm: tuple[ImportedModelServingResource, Stubber], value: dict[str, Any]
) -> None:
    resource, stubber = ssm
    serving(stubber, value)

    resource.delete(request("Delete"))

    stubber.assert_no_pending_responses()


def test_an_absent_parameter_is_no_failure(ssm: tuple[ImportedModelServingResource, Stubber]) -> None:
    resource, stubber = ssm
    stubber.add_client_error("get_parameter", "ParameterNotFound")

    resource.delete(request("Delete"))

    stubber.assert_no_pending_responses()


def test_another_alias_leaves_the_old_one(ssm: tuple[ImportedModelServingResource, Stubber]) -> None:
    resource, stubber = ssm
    serving(stubber, OURS)
    stubber.add_response("delete_parameter", {}, {"Name": NAME})

    resource.update(request("Update", alias="other", old="chat"))
    resource.update(request("Update", alias="chat", old="chat"))

    stubber.assert_no_pending_responses()
    assert resource.physical_id(request("Create")) == "open-serving"
    assert resource.create(request("Create")) == {}
    assert resource.describe(request("Create")).phase is Phase.READY
