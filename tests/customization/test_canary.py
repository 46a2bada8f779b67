"""The canary before a promotion: when it opens, how long it is compared, and what decides."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from customization.promotion_checks.after_promotion import VERDICTS
from customization.promotion_checks.before_promotion import CanaryError, TooFewRequestsError
from customization.promotion_checks.measurements import MeasurementBusyError
from customization.promotion_targets.target import PromotionError
from kit_contract.promotion_checks import PromotionChecks
from tests.customization.aws import MODEL_ARN, RUN_ID
from tests.customization.checking_aws import (
    ALL_CHECKS,
    CANDIDATE_ARN,
    EARLIER_RUN,
    NOW_SECONDS,
    SERVES,
    SERVING,
    CheckingAws,
    checked_run,
)

OPENED = {"open": True, "since": NOW_SECONDS - 600, "wait_seconds": 60}
CANARY = {"run_id": RUN_ID, "weight": 10, "target_arn": CANDIDATE_ARN, "since": NOW_SECONDS - 600}


def comparing(looks: int, checks: PromotionChecks | None = ALL_CHECKS, **more: Any) -> CheckingAws:
    """A canary that was looked at so many times; the deployed settings are `checks`."""
    aws = CheckingAws(checked_run(), canary=OPENED, look={"count": looks}, **more)
    aws.with_settings(checked_run(checks))
    return aws.with_candidate() if checks and checks.canary_percent else aws


@pytest.mark.parametrize("serving", [SERVES, None])
def test_a_canary_is_opened_beside_what_serves(serving: Any) -> None:
    aws = CheckingAws().with_settings().with_parameter(SERVING, serving).with_candidate()
    entry = {
        "target_arn": CANDIDATE_ARN,
        "custom_model_arn": MODEL_ARN,
        "weight": 10,
        "since": NOW_SECONDS,
        "until": NOW_SECONDS + 30 * 60 + 2 * 3600,
        "run_id": RUN_ID,
    }
    aws.with_parameter(SERVING, serving).writes(SERVING, {**(serving or {}), "canary": entry})

    assert aws.before.open_canary() == {"open": True, "since": NOW_SECONDS, "wait_seconds": 60}
    aws.all_called()


def test_a_repeated_request_opens_the_canary_once() -> None:
    opened = {**SERVES, "canary": CANARY}
    aws = CheckingAws().with_settings().with_parameter(SERVING, opened).with_candidate()
    aws.with_parameter(SERVING, opened).writes(SERVING)

    assert aws.before.open_canary()["since"] == CANARY["since"]


def test_without_a_percent_there_is_no_canary() -> None:
    run = checked_run(replace(ALL_CHECKS, canary_percent=0))
    aws = CheckingAws(run).with_settings()

    assert aws.before.open_canary()["open"] is False
    aws.all_called()


@pytest.mark.parametrize("canary_minutes", [5, 30, 1440])
def test_a_canary_waits_as_long_as_it_says_with_few_looks(canary_minutes: int) -> None:
    checks = replace(ALL_CHECKS, canary_minutes=canary_minutes)
    aws = CheckingAws(checked_run(checks)).with_settings().with_parameter(SERVING, SERVES).with_candidate()
    pause = aws.with_parameter(SERVING, SERVES).writes(SERVING).before.open_canary()["wait_seconds"]

    looks = next(
        count
        for count in range(100)
        if CheckingAws(None, look={"count": count}).checking.has_ended(canary_minutes, pause)
    )
    assert canary_minutes * 60 <= looks * pause <= canary_minutes * 60 + 120 + pause
    assert looks <= 63


def test_both_are_measured_from_the_opening_in_whole_minutes() -> None:
    aws = comparing(1).with_parameter(SERVING, {**SERVES, "canary": CANARY})
    seen: list[Any] = []
    aws.cloudwatch.client.meta.events.register(
        "before-parameter-build.cloudwatch.GetMetricData", lambda params, **_: seen.append(dict(params))
    )
    aws.measures(10).measures(90)

    compared = aws.before.compare()

    tried = {"requests": 10, "errors": 0, "refusals": 0, "milliseconds": 500.0}
    assert compared == {"decision": "WAIT", "reason": "", "tried": tried, "serving": {**tried, "requests": 90}}
    assert {request["StartTime"] for request in seen} == {datetime.fromtimestamp(NOW_SECONDS - 600, UTC)}
    assert {request["EndTime"] for request in seen} == {datetime.fromtimestamp(NOW_SECONDS + 60, UTC)}
    variants = [
        tuple(item["Value"] for item in query["MetricStat"]["Metric"]["Dimensions"])
        for request in seen
        for query in request["MetricDataQueries"]
    ]
    assert set(variants) == {("sup", "support-bot", variant, RUN_ID) for variant in ("canary", "serving")}
    aws.all_called()


@pytest.mark.parametrize(
    ("tried", "told"),
    [
        ({"requests": 100, "errors": 5}, "errors in 5.0 % of 100 requests, what serves has 0.0 % of 900; allowed: 2 p"),
        ({"requests": 100, "refusals": 9}, "refusals in 9.0 % of 100 requests"),
        ({"requests": 100, "milliseconds": 900.0}, "a mean latency of 900 ms, what serves has 500 ms; allowed: 1.5 ti"),
    ],
)
def test_a_worse_model_is_not_promoted(tried: dict[str, Any], told: str) -> None:
    aws = comparing(32).with_parameter(SERVING, {**SERVES, "canary": CANARY}).measures(**tried).measures(900)

    with pytest.raises(CanaryError, match=f"run {RUN_ID} is worse than what serves: {told}"):
        aws.before.compare()


@pytest.mark.parametrize(
    ("looks", "requests", "errors", "decision"),
    [
        (31, 100, 2, "WAIT"),  # the metrics of the last minutes are not there yet
        (32, 100, 2, "PASSED"),
        (1, 3, 1, "WAIT"),  # a single failure says nothing
        (1, 100, 3, "WAIT"),  # three per cent may be chance
        (1, 3, 3, None),
        (1, 100, 9, None),
        (32, 100, 3, None),
        (32, 0, 0, "PASSED"),
        (32, 10, 2, "PASSED"),
        (32, 10, 4, None),  # few, and bad all the same
    ],
)
def test_a_bad_canary_ends_early_and_a_good_one_when_its_time_is_up(
    looks: int, requests: int, errors: int, decision: str | None
) -> None:
    aws = comparing(looks).with_parameter(SERVING, {**SERVES, "canary": CANARY})
    aws.measures(requests, errors).measures(900)

    if decision is None:
        with pytest.raises(CanaryError):
            aws.before.compare()
    else:
        assert aws.before.compare()["decision"] == decision


def test_an_outage_that_hits_both_is_not_the_models_fault() -> None:
    aws = comparing(32).with_parameter(SERVING, {**SERVES, "canary": CANARY}).measures(100, 50).measures(900, 440)

    assert aws.before.compare()["decision"] == "PASSED"


def test_too_few_requests_keep_what_serves_if_the_settings_say_so() -> None:
    aws = comparing(32, replace(ALL_CHECKS, too_few_requests="keep"))
    aws.with_parameter(SERVING, {**SERVES, "canary": CANARY}).measures(49).measures(900)

    with pytest.raises(TooFewRequestsError, match="the canary got 49 requests, and 50 were wanted; raise canary_perc"):
        aws.before.compare()


def test_a_candidate_that_was_deleted_by_hand_says_nothing_about_the_model() -> None:
    aws = CheckingAws(checked_run(), canary=OPENED, look={"count": 32}).with_settings()
    aws.with_parameter(SERVING, {**SERVES, "canary": CANARY}).with_candidate(None).measures(60, 60).measures(900)

    with pytest.raises(PromotionError, match="was deleted while run 0123456789abcdef used it; start the run again"):
        aws.before.compare()
    assert PromotionError.__name__ not in VERDICTS


@pytest.mark.parametrize("serving", [None, SERVES, {**SERVES, "canary": {**CANARY, "run_id": EARLIER_RUN}}])
def test_a_canary_that_was_ended_by_hand_is_decided_by_what_it_measured(serving: Any) -> None:
    aws = comparing(1).with_parameter(SERVING, serving).measures(60).measures(900)

    assert aws.before.compare()["decision"] == "PASSED"


@pytest.mark.parametrize("checks", [None, replace(ALL_CHECKS, canary_percent=0)])
def test_a_canary_whose_settings_are_removed_ends_without_a_verdict(checks: PromotionChecks | None) -> None:
    aws = comparing(1, checks)

    assert aws.before.compare()["decision"] == "PASSED"
    aws.all_called()


def test_another_percent_and_time_hold_from_the_next_look() -> None:
    aws = comparing(10, replace(ALL_CHECKS, canary_percent=25, canary_minutes=5))
    tried = {**SERVES, "canary": CANARY}
    aws.with_parameter(SERVING, tried).with_parameter(SERVING, tried)
    aws.writes(SERVING, {**tried, "canary": {**CANARY, "weight": 25}}).measures(60).measures(900)

    assert aws.before.compare()["decision"] == "PASSED"
    aws.all_called()


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "InternalServiceFault"])
def test_an_outage_of_cloudwatch_is_no_verdict(code: str) -> None:
    aws = comparing(32).with_parameter(SERVING, {**SERVES, "canary": CANARY})
    aws.cloudwatch.add_client_error("get_metric_data", code)

    with pytest.raises(MeasurementBusyError, match=code):
        aws.before.compare()


def test_an_incomplete_answer_of_cloudwatch_is_no_verdict() -> None:
    aws = comparing(32).with_parameter(SERVING, {**SERVES, "canary": CANARY}).measures(100, status="InternalError")

    with pytest.raises(MeasurementBusyError, match="InternalError"):
        aws.before.compare()
