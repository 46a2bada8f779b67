"""The states between training and promotion, for customizations that have an evaluation.

PrepareEvaluation (deploys the candidate) -> Ask ... (until all is answered) -> Score -> DeleteCandidate -> Decide
  with evaluation jobs: Ask ... -> Judge ... (until the jobs are done) -> Score
  promote -> the states of promotion
  approve -> RequestApproval (waits for a task token) -> Conclude -> promotion, or Kept; also if the report can't say so
  keep    -> Kept: the execution succeeds, and the previous model keeps serving
A failure deletes the candidate before the execution ends in Failed.
"""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.evaluation import EvaluationFunction
from bedrock_constructs.customization.lambda_task import QUOTA, lambda_task, retry_unreachable
from kit_contract.evaluations import KEPT_OUTCOME

POLL, JOB_POLL = Duration.seconds(30), Duration.minutes(2)
PREPARED = {"prepared.$": "$.evaluation.prepared"}
DECISION = "$.evaluation.verdict.decision"


def evaluation_states(
    scope: Construct, function: EvaluationFunction, run: dict[str, Any], failed: sfn.Fail, promoted: sfn.IChainable
) -> sfn.Choice:
    """The first state of an evaluation, which goes on with `promoted` or ends. `run` is what the function takes."""
    cleaned = _delete(scope, "DeleteCandidateOfFailure", function, run, failed)
    cleaned.next(failed)
    begin = sfn.Pass(scope, "BeginEvaluation", result=sfn.Result.from_object({}), result_path="$.evaluation")
    prepare = _prepare(scope, function, run, cleaned)
    decide = sfn.Choice(scope, "DecideByEvaluation")
    kept = _kept(scope)
    decide.when(sfn.Condition.string_equals(DECISION, "promote"), promoted)
    decide.when(sfn.Condition.string_equals(DECISION, "keep"), kept)
    decide.otherwise(_approval(scope, function, run, failed, promoted, kept))
    deleted = _delete(scope, "DeleteCandidate", function, run, decide)
    deleted.next(decide)
    score = lambda_task(
        scope, "Score", function, {"action": "score", **PREPARED, **run}, "$.evaluation.verdict", cleaned
    )
    score.next(deleted)
    answered = _judge(scope, function, run, cleaned, score) if function.starts_jobs else score
    needed = sfn.Choice(scope, "EvaluationNeeded")
    needed.when(sfn.Condition.boolean_equals("$.evaluation.prepared.needed", False), promoted)
    needed.when(sfn.Condition.boolean_equals("$.evaluation.prepared.ask", False), answered)
    needed.otherwise(_ask(scope, function, run, cleaned, answered))
    begin.next(prepare).next(needed)
    asked = sfn.Choice(scope, "HasEvaluation")
    asked.when(sfn.Condition.is_present("$.specification.evaluation"), begin)
    return asked.otherwise(promoted)


def _prepare(
    scope: Construct, function: lambda_.IFunction, run: dict[str, Any], failed: sfn.IChainable
) -> sfn.CustomState:
    payload = {"action": "prepare", **run}
    prepare = lambda_task(scope, "PrepareEvaluation", function, payload, "$.evaluation.prepared", failed)
    # The candidate is being created: about 8 minutes, an hour at most.
    prepare.add_retry(errors=["PromotionBusyError"], interval=POLL, max_attempts=120, backoff_rate=1)
    # Two deployments may be made at a time: wait for a turn, as promotion does.
    prepare.add_retry(errors=[QUOTA], interval=Duration.minutes(2), max_attempts=200, backoff_rate=1)
    return prepare


def _ask(
    scope: Construct, function: lambda_.IFunction, run: dict[str, Any], failed: sfn.IChainable, then: sfn.IChainable
) -> sfn.CustomState:
    payload = {"action": "ask", **PREPARED, **run}
    ask = lambda_task(scope, "Ask", function, payload, "$.evaluation.asked", failed)
    # Batches that were answered are kept: an hour of throttling, or an invocation that took too long, repeats little.
    ask.add_retry(errors=["EvaluationThrottledError"], interval=Duration.minutes(1), max_attempts=60, backoff_rate=1)
    ask.add_retry(errors=["Sandbox.Timedout", "Lambda.Unknown"], interval=Duration.minutes(1), max_attempts=3)
    retry_unreachable(ask)
    answered = sfn.Choice(scope, "AllAnswered")
    answered.when(sfn.Condition.boolean_equals("$.evaluation.asked.done", True), then)
    answered.otherwise(ask)
    ask.next(answered)
    return ask


def _judge(
    scope: Construct, function: lambda_.IFunction, run: dict[str, Any], failed: sfn.IChainable, score: sfn.IChainable
) -> sfn.Choice:
    """A job takes minutes to hours; the function ends one that takes a day."""
    judge = lambda_task(scope, "Judge", function, {"action": "judge", **PREPARED, **run}, "$.evaluation.judged", failed)
    # Evaluation jobs of the account that run at a time, and all that it keeps, have quotas: wait for a turn.
    judge.add_retry(errors=[QUOTA], interval=Duration.minutes(2), max_attempts=200, backoff_rate=1)
    wait = sfn.Wait(scope, "WaitForEvaluationJobs", time=sfn.WaitTime.duration(JOB_POLL))
    judged = sfn.Choice(scope, "AllJudged")
    judged.when(sfn.Condition.boolean_equals("$.evaluation.judged.done", True), score)
    judged.otherwise(wait)
    judge.next(judged)
    wait.next(judge)
    wanted = sfn.Choice(scope, "HasEvaluationJobs")
    wanted.when(sfn.Condition.is_present("$.specification.evaluation.evaluator_model"), judge)
    return wanted.otherwise(score)


def _delete(
    scope: Construct, name: str, function: lambda_.IFunction, run: dict[str, Any], following: sfn.IChainable
) -> sfn.CustomState:
    """A candidate that cannot be deleted is no reason to fail: it costs nothing, and the next run deletes it."""
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": function.function_arn,
        "Parameters": {"action": "end", **run},
        "ResultPath": "$.evaluation.ended",
    }
    task = sfn.CustomState(scope, name, state_json=state)
    task.add_retry(errors=["States.ALL"], interval=POLL, max_attempts=10, backoff_rate=1)
    task.add_catch(following, result_path="$.evaluation.not_deleted")
    return task


def _kept(scope: Construct) -> sfn.Pass:
    """The execution's output says so."""
    kept = sfn.Pass(
        scope,
        "Kept",
        parameters={
            "outcome": KEPT_OUTCOME,
            "run_id": sfn.JsonPath.string_at("$.run_id"),
            "custom_model_arn": sfn.JsonPath.string_at("$.model.custom_model_arn"),
            "reason": sfn.JsonPath.string_at("$.evaluation.verdict.reason"),
            "report_key": sfn.JsonPath.string_at("$.evaluation.verdict.report_key"),
        },
    )
    kept.next(sfn.Succeed(scope, "PreviousServes"))
    return kept


def _approval(
    scope: Construct,
    function: lambda_.IFunction,
    run: dict[str, Any],
    failed: sfn.Fail,
    promoted: sfn.IChainable,
    kept: sfn.IChainable,
) -> sfn.CustomState:
    payload = {"action": "request_approval", "task_token.$": "$$.Task.Token", **run}
    request = sfn.CustomState(
        scope,
        "RequestApproval",
        state_json={
            "Type": "Task",
            "Resource": f"arn:{Stack.of(scope).partition}:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": function.function_arn, "Payload": payload},
            "TimeoutSecondsPath": "$.specification.evaluation.approval_seconds",
            "ResultPath": "$.evaluation.answer",
        },
    )
    nobody = sfn.Pass(
        scope,
        "NobodyDecided",
        parameters={"decision": "keep", "by": "nobody", "reason": "nobody approved it in time"},
        result_path="$.evaluation.answer",
    )
    concluding = {"action": "conclude", "answer.$": "$.evaluation.answer", **run}
    # The function goes with the last evaluation in deployment.toml: the decision holds without its report.
    unreported = sfn.Pass(
        scope,
        "ConcludeWithoutReport",
        parameters={
            "decision": sfn.JsonPath.string_at("$.evaluation.answer.decision"),
            "reason": sfn.JsonPath.string_at("$.evaluation.answer.reason"),
            "report_key": sfn.JsonPath.string_at("$.evaluation.verdict.report_key"),
        },
        result_path="$.evaluation.verdict",
    )
    conclude = lambda_task(scope, "Conclude", function, concluding, "$.evaluation.verdict", unreported)
    request.add_catch(nobody, errors=["States.Timeout"], result_path="$.evaluation.timeout")
    request.add_catch(failed, result_path="$.failure")
    decided = sfn.Choice(scope, "DecideByPerson")
    decided.when(sfn.Condition.string_equals(DECISION, "promote"), promoted)
    decided.otherwise(kept)
    request.next(conclude).next(decided)
    unreported.next(decided)
    nobody.next(conclude)
    return request
