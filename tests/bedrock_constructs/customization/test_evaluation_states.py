"""The states of an evaluation: where they stand, what each failure leaves, and how a person's decision goes on."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.customization.evaluation import EvaluationFunction
from bedrock_constructs.customization.workflow import CustomizationWorkflow
from bedrock_constructs.training_data_bucket import TrainingDataBucket
from customization.evaluation.converse import EvaluationError, EvaluationThrottledError
from customization.promotion_targets.target import PromotionBusyError
from tests.bedrock_constructs.customization.customization_stack import empty_stack, only
from tests.customization.aws import specification
from tests.customization.evaluation.account import settings

STEPS = ("PrepareEvaluation", "Ask", "Score")


@pytest.fixture(scope="module")
def template() -> Template:
    return with_evaluation()


def with_evaluation(job_role_arn: str = "") -> Template:
    stack = empty_stack()
    bucket = TrainingDataBucket(stack, "Data", removal="retain", allow_data_deletion=False).bucket
    evaluation = EvaluationFunction(
        stack,
        "Evaluation",
        kit_deployment="sup",
        bucket=bucket,
        invoke_arns=["arn:aws:bedrock:::m"],
        topic_arns=[],
        job_role_arn=job_role_arn,
    )
    CustomizationWorkflow(
        stack,
        "Workflow",
        kit_deployment="sup",
        bucket=bucket,
        customizations=[specification(evaluation=settings(), bucket=bucket.bucket_name)],
        evaluation=evaluation,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def states(template: Template) -> dict[str, Any]:
    return states_of(template)


def states_of(template: Template) -> dict[str, Any]:
    text = only(template, "AWS::StepFunctions::StateMachine")["DefinitionString"]["Fn::Join"][1]
    found: dict[str, Any] = json.loads("".join(part if isinstance(part, str) else "X" for part in text))["States"]
    return found


def test_a_new_model_and_one_that_exists_are_both_evaluated(states: dict[str, Any]) -> None:
    assert states["RecordMetrics"]["Next"] == states["ModelExists"]["Next"] == "HasEvaluation"
    (asked,) = states["HasEvaluation"]["Choices"]
    assert (asked["Variable"], asked["Next"]) == ("$.specification.evaluation", "BeginEvaluation")
    assert states["HasEvaluation"]["Default"] == "BeginPromotion"


def test_a_failure_deletes_the_candidate_and_keeps_its_own_message(states: dict[str, Any]) -> None:
    for name in STEPS:
        assert states[name]["Catch"] == [
            {"ErrorEquals": ["States.ALL"], "Next": "DeleteCandidateOfFailure", "ResultPath": "$.failure"}
        ]
    cleaning = states["DeleteCandidateOfFailure"]
    assert cleaning["ResultPath"] != "$.failure"
    assert {catch["Next"] for catch in cleaning["Catch"]} == {cleaning["Next"]} == {"Failed"}


def test_a_candidate_that_cannot_be_deleted_stops_no_decision(states: dict[str, Any]) -> None:
    deleted = states["DeleteCandidate"]

    assert {catch["Next"] for catch in deleted["Catch"]} == {deleted["Next"]} == {"DecideByEvaluation"}


def test_what_passes_by_itself_is_retried_and_a_verdict_is_not(states: dict[str, Any]) -> None:
    retried = {name: {e for item in states[name]["Retry"] for e in item["ErrorEquals"]} for name in STEPS}

    assert {PromotionBusyError.__name__, "ServiceQuotaExceededException"} <= retried["PrepareEvaluation"]
    assert EvaluationThrottledError.__name__ in retried["Ask"]
    assert not any({EvaluationError.__name__, "States.ALL"} & errors for errors in retried.values())


def test_the_questions_go_on_until_all_are_answered(states: dict[str, Any]) -> None:
    (done,) = states["AllAnswered"]["Choices"]

    assert (done["Next"], states["AllAnswered"]["Default"]) == ("Score", "Ask")
    assert [item["Next"] for item in states["EvaluationNeeded"]["Choices"]] == ["BeginPromotion", "Score"]


def test_a_person_decides_within_the_configured_time(states: dict[str, Any]) -> None:
    request = states["RequestApproval"]

    assert request["Resource"].endswith("states:::lambda:invoke.waitForTaskToken")
    assert request["TimeoutSecondsPath"] == "$.specification.evaluation.approval_seconds"
    assert request["Parameters"]["Payload"]["task_token.$"] == "$$.Task.Token"
    assert [(catch["ErrorEquals"], catch["Next"]) for catch in request["Catch"]] == [
        (["States.Timeout"], "NobodyDecided"),
        (["States.ALL"], "Failed"),
    ]
    assert states["NobodyDecided"]["Parameters"]["decision"] == "keep"
    assert states["NobodyDecided"]["Next"] == request["Next"] == "Conclude"
    # The function is gone with the section: the decision holds.
    (caught,) = states["Conclude"]["Catch"]
    unreported = states[caught["Next"]]
    assert (caught["ErrorEquals"], unreported["Next"]) == (["States.ALL"], states["Conclude"]["Next"])
    assert unreported["ResultPath"] == "$.evaluation.verdict"
    assert unreported["Parameters"]["decision.$"] == "$.evaluation.answer.decision"
    assert (states["DecideByPerson"]["Choices"][0]["Next"], states["DecideByPerson"]["Default"]) == (
        "BeginPromotion",
        "Kept",
    )


def test_a_kept_model_ends_the_execution_well_and_says_why(states: dict[str, Any]) -> None:
    assert states["Kept"]["Parameters"]["outcome"] == "kept"
    assert states["Kept"]["Parameters"]["reason.$"] == "$.evaluation.verdict.reason"
    assert states[states["Kept"]["Next"]]["Type"] == "Succeed"


def test_executions_that_ended_early_are_swept(template: Template) -> None:
    rules = template.find_resources("AWS::Events::Rule").values()
    patterns = [rule["Properties"]["EventPattern"] for rule in rules]

    swept = [pattern["detail"]["status"] for pattern in patterns if pattern["source"] == ["aws.states"]]
    assert swept == [["ABORTED", "FAILED", "TIMED_OUT"]] * 2  # the token, and the candidate


def test_evaluation_jobs_are_awaited_between_the_answers_and_the_scores() -> None:
    states = states_of(with_evaluation("arn:aws:iam::111122223333:role/jobs"))

    assert states["AllAnswered"]["Choices"][0]["Next"] == "HasEvaluationJobs"
    assert [item["Next"] for item in states["EvaluationNeeded"]["Choices"]] == ["BeginPromotion", "HasEvaluationJobs"]
    (wanted,) = states["HasEvaluationJobs"]["Choices"]
    assert (wanted["Variable"], wanted["Next"]) == ("$.specification.evaluation.evaluator_model", "Judge")
    assert states["HasEvaluationJobs"]["Default"] == "Score"
    assert (states["AllJudged"]["Choices"][0]["Next"], states["AllJudged"]["Default"]) == (
        "Score",
        "WaitForEvaluationJobs",
    )
    assert states["WaitForEvaluationJobs"]["Next"] == "Judge"
    assert [catch["Next"] for catch in states["Judge"]["Catch"]] == ["DeleteCandidateOfFailure"]
    retried = {error for item in states["Judge"]["Retry"] for error in item["ErrorEquals"]}
    assert "ServiceQuotaExceededException" in retried
    assert not {EvaluationError.__name__, "States.ALL"} & retried


def test_without_evaluation_jobs_nothing_asks_for_them(states: dict[str, Any]) -> None:
    assert not {"Judge", "HasEvaluationJobs"} & set(states)
