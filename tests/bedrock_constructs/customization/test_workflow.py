"""CustomizationWorkflow: how each step fails, and what a run gets."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from customization.check_data import TrainingDataError
from customization.parent_model import ParentAbsentError, ParentBusyError, ParentFailedError
from customization.promotion_targets import PromotionBusyError, PromotionError
from kit_contract.runs import RunSpecification
from tests.bedrock_constructs.customization.customization_stack import only, workflow_template
from tests.customization.aws import specification


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

    assert set(tasks) == {
        *("CheckData", "Train", "TrainAndValidate", "RecordMetrics", "Promote", "PromotionStatus", "PublishAlias")
    }
    for name, state in tasks.items():
        catch = {"ErrorEquals": ["States.ALL"], "Next": "Failed", "ResultPath": "$.failure"}
        assert state["Catch"] == [catch], name
    assert states["Failed"] == {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"}


def test_only_temporary_errors_are_retried(states: dict[str, Any]) -> None:
    for name, state in states.items():
        retried = {error for retry in state.get("Retry", []) for error in retry["ErrorEquals"]}
        final = {"States.ALL", "States.TaskFailed", TrainingDataError.__name__, PromotionError.__name__}
        assert not retried & final, name
        assert not [error for error in retried if "Validation" in error or "AccessDenied" in error], name
    assert "Bedrock.ThrottlingException" in states["Train"]["Retry"][0]["ErrorEquals"]
    assert PromotionBusyError.__name__ in {
        error for retry in states["Promote"]["Retry"] for error in retry["ErrorEquals"]
    }


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
    assert states["NeverReady"]["Type"] == "Fail"


def test_the_alias_is_published_only_when_its_target_is_ready(states: dict[str, Any]) -> None:
    leading = [
        name
        for name, state in states.items()
        if "PublishAlias" in json.dumps([state.get("Next"), state.get("Choices"), state.get("Default")])
    ]

    assert leading == ["PromotionReady"]
    choice = {"Variable": "$.promotion.status", "StringEquals": "READY", "Next": "PublishAlias"}
    assert states["PromotionReady"]["Choices"][0] == choice


def test_a_model_that_exists_is_promoted_without_a_job(states: dict[str, Any]) -> None:
    choice, *_ = states["TrainedBefore"]["Choices"]

    assert choice == {"Variable": "$.check.trained", "BooleanEquals": True, "Next": "ModelExists"}
    assert (states["ModelExists"]["Next"], states["TrainedBefore"]["Default"]) == ("Promote", "Train")


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


def test_uploads_to_data_start_a_run_and_failures_are_kept(template: Template) -> None:
    rule = only(template, "AWS::Events::Rule")
    (target,) = rule["Targets"]
    starts = {"MaximumRetryAttempts": 2, "DestinationConfig": {"OnFailure": {"Destination": Match.any_value()}}}

    assert rule["EventPattern"]["source"] == ["aws.s3"]
    assert rule["EventPattern"]["detail-type"] == ["Object Created"]
    assert rule["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "data/"}]}
    assert "StarterFunction" in json.dumps(target["Arn"])
    assert "StarterDeadLetters" in json.dumps(target["DeadLetterConfig"])
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3}
    template.has_resource_properties("AWS::Lambda::EventInvokeConfig", starts)


def test_the_dead_letter_queue_is_encrypted_and_refuses_plain_http(template: Template) -> None:
    assert only(template, "AWS::SQS::Queue")["SqsManagedSseEnabled"] is True
    deny = {"Effect": "Deny", "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    statements = Match.array_with([Match.object_like(deny)])
    template.has_resource_properties("AWS::SQS::QueuePolicy", {"PolicyDocument": {"Statement": statements}})
