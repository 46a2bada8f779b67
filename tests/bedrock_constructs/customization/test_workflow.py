"""CustomizationWorkflow: how each step fails, and what a run gets."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from customization.check_data import TrainingDataError
from customization.parent_model import ParentAbsentError, ParentBusyError, ParentFailedError
from customization.promotion_checks.before_promotion import CanaryError, TooFewRequestsError
from customization.promotion_checks.checking import LOOKS
from customization.promotion_checks.measurements import MeasurementBusyError
from customization.promotion_checks.smoke_test import SmokeTestError
from customization.promotion_targets.target import PromotionBusyError, PromotionError
from kit_contract.runs import RunSpecification
from tests.bedrock_constructs.customization.customization_stack import only, workflow_template
from tests.customization.aws import specification

BEFORE_PROMOTION = {"CheckData", "Train", "TrainAndValidate", "RecordMetrics"}
OF_PROMOTION = {
    *("BeginPromotion", "CandidateStatus", "SmokeTest", "OpenCanary", "CompareCanary"),
    *("Promote", "PromotionStatus", "PublishAlias", "FinishPromotion", "DeleteCandidateAfter", "Watch"),
    *("ReturnPromote", "ReturnPromotionStatus", "PublishReturn", "ReturnToBase", "EndPromotion"),
}


@pytest.fixture(scope="module")
def template() -> Template:
    return workflow_template()


@pytest.fixture(scope="module")
def states(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = definition(template)["States"]
    return found


def definition(template: Template) -> dict[str, Any]:
    value = only(template, "AWS::StepFunctions::StateMachine")["DefinitionString"]
    text = "".join(part if isinstance(part, str) else "X" for part in value["Fn::Join"][1])
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def test_every_task_that_fails_ends_the_run_with_its_own_message(states: dict[str, Any]) -> None:
    tasks = {name: state for name, state in states.items() if state["Type"] == "Task"}

    ends = {"AbandonPromotion", "DeleteAbandoned"}
    assert set(tasks) == {*BEFORE_PROMOTION, *OF_PROMOTION, *ends}
    for name, state in tasks.items():
        if name in ends:  # what follows a failure must not hide it
            catch = {"ErrorEquals": ["States.ALL"], "Next": "Failed", "ResultPath": "$.abandon_failure"}
        else:
            following = "Failed" if name in BEFORE_PROMOTION else "AbandonPromotion"
            catch = {"ErrorEquals": ["States.ALL"], "Next": following, "ResultPath": "$.failure"}
        assert state["Catch"] == [catch], name
    assert states["Failed"] == {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"}


def test_only_temporary_errors_are_retried(states: dict[str, Any]) -> None:
    for name, state in states.items():
        retried = {error for retry in state.get("Retry", []) for error in retry["ErrorEquals"]}
        verdicts = {SmokeTestError.__name__, CanaryError.__name__, TooFewRequestsError.__name__}
        final = {"States.ALL", "States.TaskFailed", TrainingDataError.__name__, PromotionError.__name__, *verdicts}
        assert name in ("AbandonPromotion", "DeleteAbandoned") or not retried & final, name
        assert not [error for error in retried if "Validation" in error or "AccessDenied" in error], name
    assert "Bedrock.ThrottlingException" in states["Train"]["Retry"][0]["ErrorEquals"]
    for name, temporary in {
        **dict.fromkeys(("Promote", "ReturnPromote", "BeginPromotion", "DeleteCandidateAfter"), PromotionBusyError),
        **dict.fromkeys(("CompareCanary", "Watch"), MeasurementBusyError),
    }.items():
        assert temporary.__name__ in {error for retry in states[name]["Retry"] for error in retry["ErrorEquals"]}


@pytest.mark.parametrize(
    ("state", "error", "hours"),
    [
        ("Train", "Bedrock.ServiceQuotaExceededException", 24),
        ("TrainAndValidate", "Bedrock.ServiceQuotaExceededException", 24),
        ("Promote", "ServiceQuotaExceededException", 6),
    ],
)
def test_a_run_waits_for_its_turn_in_bedrocks_quota(
    states: dict[str, dict[str, Any]], state: str, error: str, hours: int
) -> None:
    """Ten jobs are scheduled, two deployments made at a time; a deploy may start 50 runs."""
    (retry,) = [retry for retry in states[state]["Retry"] if error in retry["ErrorEquals"]]

    assert retry["ErrorEquals"] == [error]
    assert retry["BackoffRate"] == 1
    assert retry["IntervalSeconds"] * retry["MaxAttempts"] >= hours * 3600


def test_a_run_waits_for_its_parent_and_no_longer_than_it_may_come(states: dict[str, dict[str, Any]]) -> None:
    """Two days without a job: one may wait a day for Bedrock's quota. An hour after a failure."""
    waits = {
        retry["ErrorEquals"][0]: sum(
            min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
            for attempt in range(retry["MaxAttempts"])
        )
        for retry in states["CheckData"]["Retry"]
        if "Parent" in retry["ErrorEquals"][0]
    }

    names = (ParentBusyError, ParentAbsentError, ParentFailedError)
    busy, absent, failed = (waits[name.__name__] / 3600 for name in names)
    assert busy >= 14 * 24
    assert 24 < absent < 72
    assert 0.5 < failed < 2


def test_the_wait_for_promotion_is_bounded(states: dict[str, Any]) -> None:
    ready = states["PromotionReady"]
    bound = {"Variable": "$.poll.count", "NumericGreaterThan": 120, "Next": "NeverReady"}

    assert bound in ready["Choices"]
    assert ready["Default"] == "WaitForPromotion"
    assert states["WaitForPromotion"] == {"Type": "Wait", "Seconds": 30, "Next": "CountPoll"}
    assert states["CountPoll"]["Parameters"] == {"count.$": "States.MathAdd($.poll.count, 1)"}
    timeout = {"Error": "PromotionTimeout", "Cause": "not ready after 120 polls"}
    assert (states["NeverReady"]["Parameters"], states["NeverReady"]["ResultPath"]) == (timeout, "$.failure")
    assert states["NeverReady"]["Next"] == "AbandonPromotion"


def test_the_alias_is_published_only_when_its_target_is_ready(states: dict[str, Any]) -> None:
    leading = [
        name
        for name, state in states.items()
        if "PublishAlias" in json.dumps([state.get("Next"), state.get("Choices"), state.get("Default")])
    ]

    assert leading == ["PromotionReady"]
    choice = {"Variable": "$.promotion.status", "StringEquals": "READY", "Next": "PublishAlias"}
    assert states["PromotionReady"]["Choices"][0] == choice


def follows(states: dict[str, Any], name: str) -> set[str]:
    """The states that may follow, failures left out."""
    state = states[name]
    return {*(choice["Next"] for choice in state.get("Choices", [])), state.get("Next"), state.get("Default")} - {None}


def test_the_checks_surround_the_change_of_the_model(states: dict[str, Any]) -> None:
    assert follows(states, "NeedsCandidate") == {"FirstCandidatePoll", "Promote"}
    assert follows(states, "CandidateReady") == {"SmokeTest", "CandidateNeverReady", "WaitForCandidate"}
    assert follows(states, "HasCanary") == {"FirstCanaryLook", "Promote"}
    assert follows(states, "CanaryDecided") == {"Promote", "WaitForCanary"}
    assert follows(states, "PublishAlias") == {"FinishPromotion"}
    assert follows(states, "HasWatch") == {"FirstWatchLook", "EndPromotion"}
    assert follows(states, "WatchDecided") == {"EndPromotion", "HasLastGood", "WaitForWatch"}
    assert follows(states, "HasLastGood") == {"ReturnToBase", "ReturnPromote"}
    assert states["EndPromotion"]["End"] is True


def test_the_return_promotes_what_served_before_and_the_execution_fails_with_the_reason(states: dict[str, Any]) -> None:
    for name in ("ReturnPromote", "ReturnPromotionStatus", "PublishReturn"):
        given = states[name]["Parameters"]
        assert given["custom_model_arn.$"] == "$.begun.last_good.custom_model_arn", name
        assert given["run_id.$"] == "$.begun.last_good.run_id", name
    assert states["PublishReturn"]["Parameters"]["why.$"] == "$.watched.reason"
    assert follows(states, "PublishReturn") == follows(states, "ReturnToBase") == {"Returned"}
    assert states["Returned"] == {"Type": "Fail", "Error": "PromotionReturned", "CausePath": "$.watched.reason"}


def test_a_canary_of_a_day_and_a_watch_of_a_week_fit_into_an_execution(states: dict[str, Any]) -> None:
    """A look is about 12 of the 25,000 events: https://docs.aws.amazon.com/step-functions/latest/dg/limits-overview.html"""
    assert states["WaitForCanary"]["SecondsPath"] == "$.canary.wait_seconds"
    assert states["WaitForWatch"]["SecondsPath"] == "$.finished.wait_seconds"
    assert 2 * LOOKS * 12 < 25_000 / 10


def test_a_model_that_exists_is_promoted_without_a_job(states: dict[str, Any]) -> None:
    choice, *_ = states["TrainedBefore"]["Choices"]

    assert choice == {"Variable": "$.check.trained", "BooleanEquals": True, "Next": "ModelExists"}
    assert (states["ModelExists"]["Next"], states["TrainedBefore"]["Default"]) == ("BeginPromotion", "Train")


def test_one_state_waits_for_the_job_and_gives_it_everything_from_the_run(states: dict[str, Any]) -> None:
    train = states["Train"]
    tags = [
        {"Key": "bedrock-kit:deployment", "Value": "sup"},
        {"Key": "bedrock-kit:alias", "Value.$": "$.specification.alias"},
    ]
    output = "States.Format('s3://{}/{}{}/', $.specification.bucket, $.specification.output_prefix, $.run_id)"

    assert train["Resource"] == "arn:X:states:::bedrock:createModelCustomizationJob.sync"
    assert train["Parameters"] == {
        "JobName.$": "$.check.job_name",
        "CustomModelName.$": "$.custom_model_name",
        "RoleArn.$": "$.specification.role_arn",
        "BaseModelIdentifier.$": "$.specification.base_model",
        "CustomizationType.$": "$.specification.method",
        "HyperParameters.$": "$.specification.hyperparameters",
        "TrainingDataConfig": {"S3Uri.$": "States.Format('s3://{}/{}', $.specification.bucket, $.key)"},
        "OutputDataConfig": {"S3Uri.$": output},
        "JobTags": tags,
        "CustomModelTags": tags,
        "ClientRequestToken.$": "$.check.client_request_token",
    }
    assert train["ResultSelector"] == {"custom_model_arn.$": "$.OutputModelArn", "job_arn.$": "$.JobArn"}


def test_a_validation_set_is_the_only_difference_of_its_job(states: dict[str, Any]) -> None:
    train, validated = states["Train"], states["TrainAndValidate"]
    uri = "States.Format('s3://{}/{}', $.specification.bucket, $.specification.validation_key)"
    more = {"ValidationDataConfig": {"Validators": [{"S3Uri.$": uri}]}}

    assert states["TrainedBefore"]["Choices"][-1] == {
        "Variable": "$.specification.validation_key",
        "IsPresent": True,
        "Next": "TrainAndValidate",
    }
    assert validated == {**train, "Parameters": {**train["Parameters"], **more}}


def test_a_job_of_weeks_fits_and_its_log_holds_no_data(template: Template) -> None:
    machine = only(template, "AWS::StepFunctions::StateMachine")

    assert definition(template)["TimeoutSeconds"] == 30 * 24 * 3600
    assert machine.get("StateMachineType", "STANDARD") == "STANDARD"  # an express one ends after five minutes
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["LoggingConfiguration"]["Level"] == "ALL"


def test_each_customization_has_its_specification_in_a_parameter(template: Template) -> None:
    parameters = {item["Properties"]["Name"]: item for item in template.find_resources("AWS::SSM::Parameter").values()}

    assert set(parameters) == {f"/bedrock-kit/sup/customizations/{name}" for name in ("support", "sales")}
    value = parameters["/bedrock-kit/sup/customizations/support"]["Properties"]["Value"]
    text = "".join(part if isinstance(part, str) else next(iter(part)) for part in value["Fn::Join"][1])
    written = specification(role_arn="Fn::GetAtt", bucket="Ref")
    assert json.loads(text) == written.to_json()
    assert RunSpecification.from_json(json.loads(text)) == written
