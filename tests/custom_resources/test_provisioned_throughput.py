"""Capacity by the hour: never bought twice, never changed by surprise, never left behind unnoticed."""

from datetime import UTC, datetime

import pytest
from botocore.stub import ANY

from custom_resources.lifecycle import Phase, Request, ResourceFailedError
from tests.custom_resources.aws import event
from tests.custom_resources.throughput_aws import ARN, BASE, MODEL, NEW_MODEL, PARAMETER, TAGS, Fixture


@pytest.fixture
def aws() -> Fixture:
    return Fixture()


def request(kind: str, **more: str) -> Request:
    properties = {"ProvisionedModelName": "sup-support", "KitDeployment": "sup", "ModelUnits": "1", "Alias": "bot"}
    model = {} if "Customization" in more else {"ModelIdentifier": MODEL}
    return Request.from_event(event(kind, properties | model | more))


def test_a_throughput_of_another_resource_is_refused(aws: Fixture) -> None:
    aws.found()
    aws.tagged(TAGS[:2])

    with pytest.raises(ResourceFailedError, match="bedrock-kit:resource=sup-training/Thing"):
        aws.resource.create(request("Create"))


def test_units_change_is_refused_before_anything_is_bought(aws: Fixture) -> None:
    aws.found()
    aws.tagged()

    with pytest.raises(ResourceFailedError, match="has 1 model units and commitment none, wanted 2 and OneMonth"):
        aws.resource.update(request("Update", ModelUnits="2", CommitmentDuration="OneMonth"))
    aws.done()


def test_rollback_to_what_exists_changes_nothing(aws: Fixture) -> None:
    aws.found()
    aws.tagged()

    assert aws.resource.update(request("Update")) == {}
    aws.done()


def test_foundation_model_change_is_refused(aws: Fixture) -> None:
    aws.found(modelArn=BASE, desiredModelArn=BASE)
    aws.tagged()

    with pytest.raises(ResourceFailedError, match="changes the model of custom models only"):
        aws.resource.update(request("Update", ModelIdentifier="amazon.nova-lite-v1:0:300k"))


def test_update_of_a_deleted_throughput_buys_no_new_one(aws: Fixture) -> None:
    aws.absent()

    with pytest.raises(ResourceFailedError, match="was deleted outside CloudFormation"):
        aws.resource.update(request("Update"))


def test_unknown_commitment_is_refused(aws: Fixture) -> None:
    with pytest.raises(ResourceFailedError, match="one of OneMonth, SixMonths or absent, got 'none'"):
        aws.resource.create(request("Create", CommitmentDuration="none"))


def test_delete_under_commitment_fails_at_once_with_the_day(aws: Fixture) -> None:
    aws.found(commitmentDuration="OneMonth", commitmentExpirationTime=datetime(2999, 2, 3, tzinfo=UTC))
    aws.tagged()

    with pytest.raises(ResourceFailedError, match="commitment ends on 2999-02-03"):
        aws.resource.delete(request("Delete"))
    aws.done()  # the alias is still served


def test_conflict_of_a_throughput_in_service_fails(aws: Fixture) -> None:
    aws.found()
    aws.tagged()
    aws.serving(None)
    aws.bedrock.add_client_error("delete_provisioned_model_throughput", "ConflictException", "committed")

    with pytest.raises(ResourceFailedError, match=r"a day that Bedrock does not tell.*committed"):
        aws.resource.delete(request("Delete"))


@pytest.mark.parametrize(("status", "fault"), [("Failed", "is Failed: quota"), ("Napping", "unknown status Napping")])
def test_failed_and_unknown_statuses_raise(aws: Fixture, status: str, fault: str) -> None:
    aws.found(status, failureMessage="quota")

    with pytest.raises(ResourceFailedError, match=fault):
        aws.resource.describe(request("Create"))


def test_untrained_customization_says_train_first(aws: Fixture) -> None:
    aws.absent()
    aws.serving(None)
    aws.bedrock.add_response("list_custom_models", {"modelSummaries": []})

    with pytest.raises(ResourceFailedError, match="train first"):
        aws.resource.create(request("Create", Customization="support"))


def test_create_orders_once_then_publishes_the_alias(aws: Fixture) -> None:
    aws.absent()
    aws.ordered(MODEL, commitmentDuration="OneMonth")
    aws.found("Creating")
    aws.found()
    aws.serving(None)
    name = {"modelName": "sup-support-0123456789abcdef", "modelArn": MODEL, "creationTime": "2026-01-01T00:00:00Z"}
    aws.bedrock.add_response("get_custom_model", name, {"modelIdentifier": MODEL})
    published = {"Name": PARAMETER, "Value": ANY, "Type": "String", "Overwrite": True}
    aws.ssm.add_response("put_parameter", {}, published)

    aws.resource.create(request("Create", CommitmentDuration="OneMonth"))
    looks = [aws.resource.describe(request("Create")) for _ in range(2)]

    assert [look.phase for look in looks] == [Phase.IN_PROGRESS, Phase.READY]
    assert looks[1].attributes == {"ProvisionedModelArn": ARN}
    aws.done()


def test_customization_takes_the_promoted_model(aws: Fixture) -> None:
    aws.absent()
    aws.serving(ARN, NEW_MODEL)
    aws.ordered(NEW_MODEL)

    aws.resource.create(request("Create", Customization="support"))

    aws.done()


def test_customization_takes_the_newest_model_of_its_own_before_a_promotion(aws: Fixture) -> None:
    aws.absent()
    aws.serving(None)
    names = {"sup-support-extra-0123456789abcdef": NEW_MODEL, "sup-support-0123456789abcdef": MODEL}
    summaries = [
        {
            "modelArn": arn,
            "modelName": name,
            "creationTime": "2026-01-01T00:00:00Z",
            "baseModelArn": BASE,
            "baseModelName": "x",
        }
        for name, arn in names.items()
    ]
    asked = {
        "nameContains": "sup-support-",
        "sortBy": "CreationTime",
        "sortOrder": "Descending",
        "modelStatus": "Active",
    }
    aws.bedrock.add_response("list_custom_models", {"modelSummaries": summaries}, asked)
    aws.ordered(MODEL)

    aws.resource.create(request("Create", Customization="support"))

    aws.done()


def test_a_create_that_died_is_adopted(aws: Fixture) -> None:
    aws.found("Creating")
    aws.tagged()

    aws.resource.create(request("Create"))

    aws.done()


def test_update_swaps_the_custom_model_in_place(aws: Fixture) -> None:
    aws.found()
    aws.tagged()
    swap = {"provisionedModelId": ARN, "desiredModelId": NEW_MODEL}
    aws.bedrock.add_response("update_provisioned_model_throughput", {}, swap)

    aws.resource.update(request("Update", ModelIdentifier=NEW_MODEL))

    aws.done()


def test_delete_withdraws_the_alias_first(aws: Fixture) -> None:
    aws.found()
    aws.tagged()
    aws.serving(ARN)
    aws.ssm.add_response("delete_parameter", {}, {"Name": PARAMETER})
    aws.bedrock.add_response("delete_provisioned_model_throughput", {}, {"provisionedModelId": ARN})
    aws.absent()

    aws.resource.delete(request("Delete"))

    assert aws.resource.describe(request("Delete")).phase is Phase.GONE
    aws.done()


def test_delete_while_creating_is_asked_again(aws: Fixture) -> None:
    aws.found("Creating")
    aws.tagged()
    aws.serving(None)
    aws.bedrock.add_client_error("delete_provisioned_model_throughput", "ConflictException")
    aws.found("Creating")
    aws.tagged()

    aws.resource.delete(request("Delete"))

    assert aws.resource.describe(request("Delete")).phase is Phase.IN_PROGRESS


def test_delete_of_absent_and_of_foreign_does_nothing(aws: Fixture) -> None:
    aws.absent()
    aws.serving(None)
    aws.found()
    aws.tagged([])

    aws.resource.delete(request("Delete"))
    aws.resource.delete(request("Delete"))

    aws.done()
