"""A deployment by name: reserved, made, swapped in place, and deleted only where it is ours."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from custom_resources.custom_model_deployment import CustomModelDeploymentResource
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import TOKEN, event, stubbed

ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abcdefghijkl"
OTHER_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/mmmmmmmmmmmm"
MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/aaaaaaaaaaaa"
NEW_MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/bbbbbbbbbbbb"
PARAMETER = "/bedrock-kit/sup/aliases/bot/serving"


class Fixture:
    def __init__(self) -> None:
        bedrock, self.bedrock = stubbed("bedrock")
        ssm, self.ssm = stubbed("ssm")
        self.resource = CustomModelDeploymentResource(bedrock, ssm)

    def found(
        self,
        status: str = "Active",
        *,
        name: str = "sup-support",
        identifier: str = "sup-support",
        model: str = MODEL,
        **more: Any,
    ) -> None:
        answer = {
            "customModelDeploymentArn": ARN,
            "modelDeploymentName": name,
            "modelArn": model,
            "createdAt": "2026-01-01T00:00:00Z",
            "status": status,
            **more,
        }
        self.bedrock.add_response(
            "get_custom_model_deployment", answer, {"customModelDeploymentIdentifier": identifier}
        )

    def absent(self) -> None:
        self.bedrock.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")

    def forbidden(self, *, listed: str = "sup-support") -> None:
        self.bedrock.add_client_error("get_custom_model_deployment", "AccessDeniedException")
        summary = {
            "customModelDeploymentArn": ARN,
            "customModelDeploymentName": listed,
            "modelArn": MODEL,
            "createdAt": "2026-01-01T00:00:00Z",
            "status": "Active",
        }
        self.bedrock.add_response("list_custom_model_deployments", {"modelDeploymentSummaries": [summary]}, {})

    def tagged(self, deployment: str = "sup") -> None:
        answer = {"tags": [{"key": "bedrock-kit:deployment", "value": deployment}]}
        self.bedrock.add_response("list_tags_for_resource", answer, {"resourceARN": ARN})

    def serving(self, target: str | None) -> None:
        if target is None:
            self.ssm.add_client_error("get_parameter", "ParameterNotFound")
            return
        value = json.dumps({"target_arn": target, "kind": "custom-model-deployment"})
        self.ssm.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": PARAMETER})

    def done(self) -> None:
        self.bedrock.assert_no_pending_responses()
        self.ssm.assert_no_pending_responses()


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


CANDIDATE = "sup-support-candidate"


def evaluated(kind: str, *, now: bool, before: bool = True) -> Request:
    properties = {"DeploymentName": "sup-support", "Alias": "bot", "KitDeployment": "sup"}
    old = properties | ({"Candidate": "true"} if before else {})
    given = event(kind, properties | ({"Candidate": "true"} if now else {}))
    return Request.from_event(given | ({"OldResourceProperties": old} if kind == "Update" else {}))


def test_a_candidate_is_deleted_with_its_deployment(aws: Fixture) -> None:
    aws.serving(None)
    aws.absent()
    aws.found(name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    aws.bedrock.add_response("delete_custom_model_deployment", {}, {"customModelDeploymentIdentifier": ARN})
    aws.resource.delete(evaluated("Delete", now=True))

    aws.absent()
    aws.found("Creating", name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    assert aws.resource.describe(evaluated("Delete", now=True)).phase is Phase.IN_PROGRESS
    aws.absent()
    aws.absent()
    assert aws.resource.describe(evaluated("Delete", now=True)).phase is Phase.GONE
    aws.done()


def test_an_evaluation_that_is_removed_takes_its_candidate_along(aws: Fixture) -> None:
    aws.found(name=CANDIDATE, identifier=CANDIDATE)
    aws.tagged()
    aws.bedrock.add_client_error("delete_custom_model_deployment", "ConflictException")
    look = aws.resource.describe(evaluated("Update", now=False))
    assert (look.phase, look.waiting_for) == (Phase.IN_PROGRESS, f"{CANDIDATE} is deleted")

    aws.absent()
    aws.found()
    assert aws.resource.describe(evaluated("Update", now=False)).phase is Phase.READY
    aws.done()


def test_an_evaluation_that_stays_keeps_its_candidate(aws: Fixture) -> None:
    aws.found()

    assert aws.resource.describe(evaluated("Update", now=True)).phase is Phase.READY
    aws.done()
