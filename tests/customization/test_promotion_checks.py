"""The checks before a promotion: what they begin with, and what they ask of the candidate."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from customization.promotion_checks.after_promotion import VERDICTS
from customization.promotion_checks.smoke_test import SmokeTestError
from customization.promotion_targets.target import PromotionError
from customization.unreachable import ModelUnreachableError
from kit_contract.promotion_checks import PromotionChecks
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, a_run
from tests.customization.checking_aws import (
    ALL_CHECKS,
    CANDIDATE_ARN,
    EARLIER_RUN,
    PROMOTED,
    SERVES,
    SERVING,
    SETTINGS,
    CheckingAws,
    checked_run,
)

EARLIER = {"custom_model_arn": OTHER_MODEL_ARN, "run_id": EARLIER_RUN, "promoted_at": "2026-11-24T00:00:00Z"}


def error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Converse")


def test_the_first_model_is_checked_against_the_base_model() -> None:
    aws = CheckingAws().with_settings().with_parameter(PROMOTED, None).with_parameter(SERVING, None)
    aws.with_parameter(PROMOTED, None).creates_candidate()

    last_good = {"custom_model_arn": "", "run_id": ""}
    assert aws.before.begin() == {"checked": True, "candidate": True, "last_good": last_good}
    aws.all_called()


def test_what_served_last_is_what_a_promotion_may_return_to() -> None:
    aws = CheckingAws().with_settings().with_parameter(PROMOTED, EARLIER).with_parameter(SERVING, SERVES)
    aws.with_parameter(PROMOTED, EARLIER).creates_candidate()

    assert aws.before.begin()["last_good"] == {"custom_model_arn": OTHER_MODEL_ARN, "run_id": EARLIER_RUN}


@pytest.mark.parametrize(
    ("serving", "promoted"),
    [({**SERVES, "custom_model_arn": MODEL_ARN}, EARLIER), (None, {**EARLIER, "custom_model_arn": MODEL_ARN})],
    ids=["the customization was renamed", "deployment or parameter deleted by hand"],
)
def test_a_model_that_callers_have_is_not_checked_again(serving: Any, promoted: Any) -> None:
    aws = CheckingAws().with_settings().with_parameter(PROMOTED, promoted).with_parameter(SERVING, serving)
    aws.with_parameter(PROMOTED, promoted)

    assert aws.before.begin()["checked"] is False
    aws.all_called()


@pytest.mark.parametrize(
    ("started_with", "deployed", "checked", "candidate"),
    [
        (ALL_CHECKS, None, False, False),  # the section was removed during the training
        (None, ALL_CHECKS, False, False),  # a person chose the run without checks
        (ALL_CHECKS, PromotionChecks(watch_minutes=5), True, False),
    ],
)
def test_the_settings_of_now_decide_what_is_checked(
    started_with: PromotionChecks | None, deployed: PromotionChecks | None, *, checked: bool, candidate: bool
) -> None:
    aws = CheckingAws(checked_run(started_with)).with_settings(checked_run(deployed)).with_parameter(PROMOTED, EARLIER)
    if checked:
        aws.with_parameter(SERVING, SERVES).with_parameter(PROMOTED, EARLIER)

    begun = aws.before.begin()

    assert (begun["checked"], begun["candidate"]) == (checked, candidate)
    aws.all_called()


def test_a_customization_that_was_removed_ends_its_checks() -> None:
    aws = CheckingAws().with_parameter(SETTINGS, None)

    with pytest.raises(PromotionError, match=r"was removed from deployment\.toml; its model is kept"):
        aws.before.begin()


def test_the_candidate_answers_each_smoke_prompt() -> None:
    aws = CheckingAws(None, "Hello!", "3 EUR").with_settings().with_candidate()

    assert aws.before.smoke() == {"answered": 2}
    assert [request["messages"][0]["content"][0]["text"] for request in aws.asked] == list(ALL_CHECKS.smoke_prompts)
    assert {request["modelId"] for request in aws.asked} == {CANDIDATE_ARN}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("  \n", r"smoke prompt 2 of 2: the answer is empty \(stop reason end_turn\)"),
        (error("ValidationException", "the model is broken"), "smoke prompt 2 of 2: ValidationException: the model is"),
        (error("ModelErrorException", "it broke"), "smoke prompt 2 of 2: ModelErrorException: it broke"),
    ],
)
def test_a_model_without_an_answer_fails_and_the_prompt_is_not_quoted(answer: Any, told: str) -> None:
    aws = CheckingAws(None, "Hello!", answer).with_settings().with_candidate()

    with pytest.raises(SmokeTestError, match=told) as raised:
        aws.before.smoke()
    assert "cost" not in str(raised.value)


@pytest.mark.parametrize(
    "failure",
    [
        error("AccessDeniedException", "not authorized to perform: bedrock:InvokeModel"),
        error("ResourceNotFoundException", "not found"),
        error("ValidationException", "Operation not allowed"),
        error("ValidationException", "The provided model identifier is invalid."),
    ],
)
def test_a_model_that_was_not_reached_is_no_verdict(failure: Exception) -> None:
    aws = CheckingAws(None, failure).with_settings().with_candidate()

    with pytest.raises(ModelUnreachableError, match=r"candidatecan cannot be asked: .*; the model was not tried"):
        aws.before.smoke()
    assert ModelUnreachableError.__name__ not in VERDICTS


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ModelNotReadyException", "ServiceUnavailableException", "ExpiredTokenException"]
)
def test_what_is_not_the_models_fault_is_no_verdict(code: str) -> None:
    aws = CheckingAws(None, error(code)).with_settings().with_candidate()

    with pytest.raises(ClientError, match=code):
        aws.before.smoke()


def test_settings_without_the_section_are_those_of_every_earlier_release() -> None:
    run = a_run()
    aws = CheckingAws(run).with_settings().with_parameter(PROMOTED, None)

    assert "promotion" not in run.to_json()["specification"]
    assert aws.before.begin() == {
        "checked": False,
        "candidate": False,
        "last_good": {"custom_model_arn": "", "run_id": ""},
    }
