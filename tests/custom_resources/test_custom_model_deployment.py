"""A deployment by name: reserved, made, swapped in place, and deleted only where it is ours."""

import json

import pytest
from botocore.exceptions import ClientError

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import TOKEN, event
from tests.custom_resources.deployments_of_bedrock import ARN, MODEL, NEW_MODEL, OTHER_ARN, PARAMETER, Fixture


@pytest.fixture
def aws() -> Fixture:
    return Fixture()


def request(kind: str, model: str | None = None) -> Request:
    properties = {"DeploymentName": "sup-support", "Alias": "bot", "KitDeployment": "sup"}
    return Request.from_event(event(kind, properties | ({"ModelIdentifier": model} if model else {})))


def test_a_foreign_deployment_is_refused(aws: Fixture) -> None:
    aws.found()
    aws.tagged("other")

    with pytest.raises(ResourceFailedError, match="does not have the tag bedrock-kit:deployment=sup"):
        aws.resource.create(request("Create"))


def test_what_the_list_shows_of_a_foreign_deployment_is_enough_to_leave_it(aws: Fixture) -> None:
    """The role may not get what carries another deployment's tag."""
    aws.forbidden()
    aws.tagged("other")
    with pytest.raises(ResourceFailedError, match="does not belong to sup"):
        aws.resource.create(request("Create"))

    aws.serving(None)
    for _ in range(2):
        aws.forbidden()
        aws.tagged("other")
    aws.resource.delete(request("Delete"))

    assert aws.resource.describe(request("Delete")).phase is Phase.GONE
    aws.done()


def test_a_missing_right_is_not_taken_for_a_foreign_deployment(aws: Fixture) -> None:
    aws.forbidden(listed="sup-another")

    with pytest.raises(ClientError, match="AccessDenied"):
        aws.resource.create(request("Create"))


def test_failure_carries_bedrocks_reason(aws: Fixture) -> None:
    aws.found("Failed", failureMessage="out of capacity")

    with pytest.raises(ResourceFailedError, match="is Failed: out of capacity"):
        aws.resource.describe(request("Create", MODEL))


def test_unknown_status_raises(aws: Fixture) -> None:
    aws.found("Napping")

    with pytest.raises(ResourceFailedError, match="unknown status Napping"):
        aws.resource.describe(request("Create", MODEL))


def test_failed_update_fails_and_its_rollback_does_not(aws: Fixture) -> None:
    failed = {"modelArn": NEW_MODEL, "updateStatus": "UpdateFailed"}
    aws.found(updateDetails=failed)
    aws.found(updateDetails=failed)

    with pytest.raises(ResourceFailedError, match="UpdateFailed"):
        aws.resource.describe(request("Update", NEW_MODEL))
    assert aws.resource.describe(request("Update", MODEL)).phase is Phase.READY


def test_create_without_a_model_reserves_the_name(aws: Fixture) -> None:
    aws.absent()
    aws.absent()

    aws.resource.create(request("Create"))

    assert aws.resource.describe(request("Create")).phase is Phase.READY
    aws.done()


def test_create_with_a_model_sends_tags_and_token(aws: Fixture) -> None:
    aws.absent()
    tags = [{"key": "bedrock-kit:deployment", "value": "sup"}, {"key": "bedrock-kit:alias", "value": "bot"}]
    aws.bedrock.add_response(
        "create_custom_model_deployment",
        {"customModelDeploymentArn": ARN},
        {
            "modelDeploymentName": "sup-support",
            "modelArn": MODEL,
            "tags": tags,
            "clientRequestToken": TOKEN,
        },
    )
    aws.found("Creating")
    aws.found()

    aws.resource.create(request("Create", MODEL))
    looks = [aws.resource.describe(request("Create", MODEL)) for _ in range(2)]

    assert [look.phase for look in looks] == [Phase.IN_PROGRESS, Phase.READY]
    assert looks[1].attributes == {"CustomModelDeploymentArn": ARN}


def test_a_name_is_free_when_its_last_owner_is_gone(aws: Fixture) -> None:
    """Removed and added again: until then Bedrock says that the name is taken, and the create is repeated."""
    aws.found("Deleting")
    aws.tagged()
    aws.bedrock.add_client_error("create_custom_model_deployment", "ValidationException", "sup-support already exists")

    with pytest.raises(ClientError):
        aws.resource.create(request("Create", MODEL))
    aws.done()


def test_update_swaps_the_model_in_place(aws: Fixture) -> None:
    aws.found()
    aws.tagged()
    swap = {"customModelDeploymentIdentifier": ARN, "modelArn": NEW_MODEL}
    aws.bedrock.add_response("update_custom_model_deployment", {"customModelDeploymentArn": ARN}, swap)
    aws.found(updateDetails={"modelArn": NEW_MODEL, "updateStatus": "Updating"})

    aws.resource.update(request("Update", NEW_MODEL))

    assert aws.resource.describe(request("Update", NEW_MODEL)).phase is Phase.IN_PROGRESS
    aws.done()


def test_delete_withdraws_the_alias_then_deletes_and_retries_a_conflict(aws: Fixture) -> None:
    aws.serving(ARN)
    aws.found(identifier=ARN)
    aws.ssm.add_response("delete_parameter", {}, {"Name": PARAMETER})
    aws.found("Creating")
    aws.tagged()
    aws.bedrock.add_client_error("delete_custom_model_deployment", "ConflictException")
    aws.found()
    aws.tagged()

    aws.resource.delete(request("Delete"))

    assert aws.resource.describe(request("Delete")).phase is Phase.IN_PROGRESS
    aws.done()


def test_delete_withdraws_a_canary_over_the_base_model(aws: Fixture) -> None:
    value = json.dumps({"canary": {"target_arn": ARN, "run_id": "0123456789abcdef"}})
    aws.ssm.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": PARAMETER})
    aws.ssm.add_response("delete_parameter", {}, {"Name": PARAMETER})
    aws.absent()

    aws.resource.delete(request("Delete"))

    aws.done()


def test_delete_of_absent_is_gone(aws: Fixture) -> None:
    aws.serving(None)
    aws.absent()
    aws.absent()

    aws.resource.delete(request("Delete"))

    assert aws.resource.describe(request("Delete")).phase is Phase.GONE


def test_delete_leaves_a_foreign_deployment_and_the_alias_of_its_replacement(aws: Fixture) -> None:
    aws.serving(OTHER_ARN)
    aws.found(name="sup-renamed", identifier=OTHER_ARN)
    aws.found()
    aws.tagged("other")
    aws.found()
    aws.tagged("other")

    aws.resource.delete(request("Delete"))

    assert aws.resource.describe(request("Delete")).phase is Phase.GONE
    aws.done()


@pytest.mark.parametrize(("served_by", "withdrawn"), [("sup-support", True), ("sup-other", False)])
def test_a_renamed_alias_leaves_no_parameter_that_points_here(aws: Fixture, served_by: str, *, withdrawn: bool) -> None:
    """Another customization may have taken the old name over by then."""
    old = "/bedrock-kit/sup/aliases/old/serving"
    value = json.dumps({"target_arn": ARN, "kind": "custom-model-deployment"})
    aws.ssm.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": old})
    aws.found(name=served_by, identifier=ARN)
    if withdrawn:
        aws.ssm.add_response("delete_parameter", {}, {"Name": old})
    aws.found()
    aws.tagged()
    properties = {"DeploymentName": "sup-support", "Alias": "bot", "KitDeployment": "sup"}
    renamed = event("Update", properties) | {"OldResourceProperties": properties | {"Alias": "old"}}

    aws.resource.update(Request.from_event(renamed))

    aws.done()
