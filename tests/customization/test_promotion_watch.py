"""The checks after a promotion: the watch, the return, and what a failure leaves behind."""

import json
from dataclasses import replace
from typing import Any

import pytest

from customization.promotion_checks.measurements import MeasurementBusyError
from kit_contract.promotion_checks import PromotionChecks
from tests.customization.aws import MODEL_ARN, RUN_ID
from tests.customization.checking_aws import (
    ALL_CHECKS,
    CANDIDATE_ARN,
    EARLIER_RUN,
    HELD_BACK,
    NOW_SECONDS,
    PROMOTED,
    SERVES,
    SERVING,
    SETTINGS,
    TIMESTAMP,
    CheckingAws,
    checked_run,
)
from tests.customization.promoting import OURS

NOW_SERVES = {**SERVES, "custom_model_arn": MODEL_ARN, "run_id": RUN_ID}
WATCH = {"since": NOW_SECONDS, "until": NOW_SECONDS + 60 * 60 + 2 * 3600, "run_id": RUN_ID}
FINISHED = {"drain_seconds": 300, "watch": True, "since": NOW_SECONDS, "wait_seconds": 60}
BEFORE = {"requests": 900, "errors": 9, "refusals": 0, "milliseconds": 500.0}


def finishing(*, checked: bool = True, checks: PromotionChecks | None = ALL_CHECKS) -> CheckingAws:
    return CheckingAws(checked_run(checks), begun={"checked": checked}).with_settings()


def watching(looks: int, checks: PromotionChecks | None = ALL_CHECKS, before: Any = BEFORE) -> CheckingAws:
    compared = {"compared": {"serving": before}} if before else {}
    aws = CheckingAws(checked_run(), finished=FINISHED, look={"count": looks}, **compared)
    return aws.with_settings(checked_run(checks))


def test_the_watch_begins_when_the_alias_is_published() -> None:
    aws = finishing().with_candidate().with_parameter(SERVING, NOW_SERVES).with_parameter(SERVING, NOW_SERVES)
    aws.writes(SERVING, {**NOW_SERVES, "watch": WATCH})

    assert aws.after.finish() == FINISHED
    aws.all_called()


@pytest.mark.parametrize(
    ("checked", "checks"), [(False, ALL_CHECKS), (True, None), (True, replace(ALL_CHECKS, watch_minutes=0))]
)
def test_without_a_watch_only_a_candidate_is_left_to_delete(*, checked: bool, checks: PromotionChecks | None) -> None:
    aws = finishing(checked=checked, checks=checks).with_candidate()
    assert aws.after.finish() == {"drain_seconds": 300, "watch": False, "since": 0, "wait_seconds": 0}

    assert finishing(checked=checked, checks=checks).with_candidate(None).after.finish()["drain_seconds"] == 0


def test_a_customization_on_provisioned_throughput_has_no_candidate() -> None:
    run = checked_run(None, serving="provisioned", provisioned_model_name="sup-support")

    assert CheckingAws(run, begun={"checked": False}).with_settings().after.finish()["drain_seconds"] == 0


@pytest.mark.parametrize(
    ("looks", "measured", "decision"),
    [
        (1, {"requests": 40}, "WAIT"),
        (62, {"requests": 400, "errors": 12}, "PASSED"),  # 3 %, and 1 % before
        (62, {"requests": 400, "errors": 13}, "RETURN"),
        (1, {"requests": 40, "errors": 10}, "RETURN"),
        (1, {"requests": 40, "errors": 2}, "WAIT"),
        (62, {"requests": 3}, "PASSED"),
        (62, {"requests": 400, "milliseconds": 800.0}, "RETURN"),
    ],
)
def test_what_serves_is_compared_with_what_served_before(looks: int, measured: Any, decision: str) -> None:
    aws = watching(looks).with_parameter(SERVING, {**NOW_SERVES, "watch": WATCH}).measures(**measured)
    if decision == "RETURN":
        aws.writes(HELD_BACK)

    watched = aws.after.watch()

    assert watched["decision"] == decision
    assert watched["reason"].startswith(f"run {RUN_ID} is worse than what served before:") == (decision == "RETURN")
    aws.all_called()


def test_a_model_that_is_returned_from_is_held_back_with_the_reason() -> None:
    aws = watching(1).with_parameter(SERVING, {**NOW_SERVES, "watch": WATCH}).measures(40, 40)
    reason = (
        f"run {RUN_ID} is worse than what served before: errors in 100.0 % of 40 requests, what serves has 1.0 % of "
        "900; allowed: 2 points more"
    )
    aws.writes(
        HELD_BACK, {"customization": "support", "alias": "support-bot", "reason": reason, "held_back_at": TIMESTAMP}
    )

    assert aws.after.watch()["reason"] == reason
    aws.all_called()


def test_without_a_canary_errors_are_those_of_a_model_alone_and_latencies_are_not_compared() -> None:
    aws = watching(62, before=None).with_parameter(SERVING, {**NOW_SERVES, "watch": WATCH})
    assert aws.measures(400, 8, milliseconds=9000.0).after.watch()["decision"] == "PASSED"

    aws = watching(62, before=None).with_parameter(SERVING, {**NOW_SERVES, "watch": WATCH}).measures(400, 9)
    assert aws.writes(HELD_BACK).after.watch()["decision"] == "RETURN"


@pytest.mark.parametrize(("checks", "serving"), [(ALL_CHECKS, NOW_SERVES), (ALL_CHECKS, None), (None, NOW_SERVES)])
def test_a_watch_that_was_ended_by_hand_or_by_a_deploy_returns_to_nothing(checks: Any, serving: Any) -> None:
    aws = watching(1, checks)
    if checks:
        aws.with_parameter(SERVING, serving)

    assert aws.after.watch()["decision"] == "PASSED"
    aws.all_called()


def test_an_outage_of_cloudwatch_returns_to_nothing() -> None:
    aws = watching(62).with_parameter(SERVING, {**NOW_SERVES, "watch": WATCH})
    aws.cloudwatch.add_client_error("get_metric_data", "ThrottlingException")

    with pytest.raises(MeasurementBusyError):
        aws.after.watch()


def test_the_base_model_serves_again_where_no_custom_model_did_before() -> None:
    aws = CheckingAws().with_settings().deletes(SERVING)
    value = {"custom_model_arn": "", "run_id": "", "promoted_at": TIMESTAMP, "why": "worse"}
    aws.writes(PROMOTED, value)

    assert aws.after.return_to_base("worse") == {"alias": "support-bot"}
    aws.all_called()


@pytest.mark.parametrize(
    ("serving", "left"),
    [
        ({**SERVES, "canary": {"run_id": RUN_ID}}, SERVES),
        ({**NOW_SERVES, "watch": {"run_id": RUN_ID}}, NOW_SERVES),
        ({"canary": {"run_id": RUN_ID}}, None),
    ],
)
def test_a_failure_ends_canary_and_watch_and_leaves_what_serves(serving: Any, left: Any) -> None:
    aws = CheckingAws().with_settings().with_parameter(SERVING, serving)
    if left:
        aws.writes(SERVING, left)
    else:
        aws.deletes(SERVING)

    assert aws.after.abandon("States.Timeout", "") == {"drain_seconds": 300, "held_back": False}
    aws.all_called()


@pytest.mark.parametrize("serving", [None, SERVES, {**SERVES, "canary": {"run_id": EARLIER_RUN}}])
def test_a_failure_leaves_the_entries_of_other_runs(serving: Any) -> None:
    aws = CheckingAws().with_settings().with_parameter(SERVING, serving)

    assert aws.after.abandon("PromotionError", "")["drain_seconds"] == 0
    aws.all_called()


@pytest.mark.parametrize(
    ("error", "held_back"),
    [
        ("CanaryError", True),
        ("SmokeTestError", True),
        ("TooFewRequestsError", False),
        ("PromotionBusyError", False),
        ("Lambda.Unknown", False),
    ],
)
def test_only_a_verdict_holds_a_model_back(error: str, *, held_back: bool) -> None:
    aws = CheckingAws().with_settings().with_parameter(SERVING, SERVES)
    if held_back:
        aws.writes(
            HELD_BACK,
            {"customization": "support", "alias": "support-bot", "reason": "it is worse", "held_back_at": TIMESTAMP},
        )
    cause = json.dumps({"errorMessage": "it is worse", "errorType": error, "stackTrace": []})

    assert aws.after.abandon(error, cause)["held_back"] is held_back
    aws.all_called()


def test_a_failure_after_the_customization_was_removed_ends_its_canary_too() -> None:
    aws = CheckingAws().with_parameter(SETTINGS, None).with_parameter(SERVING, {**SERVES, "canary": {"run_id": RUN_ID}})
    aws.writes(SERVING, SERVES)

    assert aws.after.abandon("PromotionError", "")["drain_seconds"] == 300


def test_the_candidate_is_deleted_once() -> None:
    aws = CheckingAws().with_candidate()
    aws.bedrock.add_response("list_tags_for_resource", {"tags": OURS}, {"resourceARN": CANDIDATE_ARN})
    expected = {"customModelDeploymentIdentifier": CANDIDATE_ARN}
    aws.bedrock.add_response("delete_custom_model_deployment", {}, expected)

    assert aws.after.delete_candidate() == {"gone": False}
    assert aws.with_candidate(None).after.delete_candidate() == {"gone": True}
