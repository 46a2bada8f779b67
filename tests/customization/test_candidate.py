"""The candidate: beside the deployment that serves, with its tags, a token of its own, and never somebody else's."""

import pytest

from customization.candidate import Candidate
from customization.promotion_targets.target import PromotionBusyError, PromotionError
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, a_run, stubbed
from tests.customization.promoting import NOW, OURS, update_details

NAME = "sup-support-candidate"
ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/candidatecan"
BY_NAME = {"customModelDeploymentIdentifier": NAME}
CLAIMED = {"key": "bedrock-kit:execution", "value": "support-0123456789abcdef"}
BY_ARN = {"customModelDeploymentIdentifier": ARN}


class Candidates:
    def __init__(self) -> None:
        bedrock, self.bedrock = stubbed("bedrock")
        self.candidate = Candidate(a_run(), bedrock)

    def absent(self) -> "Candidates":
        self.bedrock.add_client_error(
            "get_custom_model_deployment", "ResourceNotFoundException", expected_params=BY_NAME
        )
        return self

    def serving(self, model: str, status: str = "Active", **more: object) -> "Candidates":
        named = {"customModelDeploymentArn": ARN, "modelDeploymentName": NAME, "createdAt": NOW}
        answer = {**named, "modelArn": model, "status": status, **more}
        self.bedrock.add_response("get_custom_model_deployment", answer, BY_NAME)
        return self

    def tagged(self, tags: list[dict[str, str]]) -> "Candidates":
        self.bedrock.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": ARN})
        return self


def test_it_is_created_with_the_tags_of_the_alias_and_a_token_that_the_serving_deployment_does_not_have() -> None:
    given, run = Candidates().absent(), a_run()
    expected = {
        "modelDeploymentName": NAME,
        "modelArn": MODEL_ARN,
        "tags": OURS,
        "clientRequestToken": f"{run.token}-candidate",
    }
    expected["tags"] = [*OURS, CLAIMED]
    given.bedrock.add_response("create_custom_model_deployment", {"customModelDeploymentArn": ARN}, expected)

    assert given.candidate.create(MODEL_ARN) == ARN


def test_one_that_another_run_left_takes_the_new_model() -> None:
    given = Candidates().serving(OTHER_MODEL_ARN).tagged([*OURS, {**CLAIMED, "value": "support-fedcba9876543210"}])
    given.bedrock.add_response("tag_resource", {}, {"resourceARN": ARN, "tags": [OURS[0], CLAIMED]})
    update = {**BY_ARN, "modelArn": MODEL_ARN}
    given.bedrock.add_response("update_custom_model_deployment", {"customModelDeploymentArn": ARN}, update)

    assert given.candidate.create(MODEL_ARN) == ARN
    given.bedrock.assert_no_pending_responses()


def test_a_second_request_changes_nothing() -> None:
    assert Candidates().serving(MODEL_ARN).tagged([*OURS, CLAIMED]).candidate.create(MODEL_ARN) == ARN


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        ("Creating", {}, "IN_PROGRESS"),
        ("Active", {}, "READY"),
        ("Deleting", {}, "IN_PROGRESS"),
        ("Active", {"updateDetails": update_details("Updating")}, "IN_PROGRESS"),
    ],
)
def test_its_status(status: str, more: dict[str, object], expected: str) -> None:
    answer = Candidates().serving(MODEL_ARN, status, **more).candidate.status(MODEL_ARN)

    assert answer == {"status": expected, "target_arn": ARN}


def test_bedrocks_reason_is_told_when_it_fails() -> None:
    given = Candidates().serving(MODEL_ARN, "Failed", failureMessage="the model is unreadable")

    with pytest.raises(PromotionError, match=r"sup-support-candidate failed to serve .*: the model is unreadable;"):
        given.candidate.status(MODEL_ARN)


def test_one_that_was_deleted_by_hand_ends_the_promotion() -> None:
    with pytest.raises(PromotionError, match="was deleted while run 0123456789abcdef used it; start the run again"):
        Candidates().absent().candidate.status(MODEL_ARN)


def test_it_is_deleted_once() -> None:
    given = Candidates().serving(MODEL_ARN).tagged(OURS)
    given.bedrock.add_response("delete_custom_model_deployment", {}, BY_ARN)

    assert given.candidate.delete() is False
    assert given.serving(MODEL_ARN, "Deleting").tagged(OURS).candidate.delete() is False
    assert given.absent().candidate.delete() is True
    given.bedrock.assert_no_pending_responses()


def test_one_that_is_being_deleted_takes_no_model_not_even_its_own() -> None:
    given = Candidates().serving(MODEL_ARN, "Deleting").tagged([*OURS, CLAIMED])

    with pytest.raises(PromotionBusyError):
        given.candidate.create(MODEL_ARN)


@pytest.mark.parametrize(
    ("status", "tags", "expected"),
    [
        ("Active", [*OURS, CLAIMED], True),
        ("Creating", [*OURS, CLAIMED], True),
        ("Deleting", [], False),
        ("Active", OURS, False),  # of an earlier release
        ("Active", [*OURS, {**CLAIMED, "value": "support-0123456789abcdef-2"}], False),
        ("Active", [{**OURS[0], "value": "other"}, CLAIMED], False),
    ],
)
def test_whose_it_is(status: str, tags: list[dict[str, str]], *, expected: bool) -> None:
    given = Candidates().serving(MODEL_ARN, status)

    assert (given.tagged(tags) if tags else given).candidate.belongs_to_execution() is expected


def test_one_that_changes_is_deleted_later() -> None:
    given = Candidates().serving(OTHER_MODEL_ARN, "Creating").tagged(OURS)
    given.bedrock.add_client_error("delete_custom_model_deployment", "ConflictException")

    with pytest.raises(PromotionBusyError):
        given.candidate.delete()


@pytest.mark.parametrize("action", ["create", "delete"])
def test_somebody_elses_is_neither_changed_nor_deleted(action: str) -> None:
    given = Candidates().serving(OTHER_MODEL_ARN).tagged([])

    with pytest.raises(PromotionError, match="is not ours"):
        given.candidate.create(MODEL_ARN) if action == "create" else given.candidate.delete()
