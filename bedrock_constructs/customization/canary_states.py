"""The states before a promotion: the candidate, the smoke prompts and the canary.

BeginPromotion -> CandidateStatus ... -> SmokeTest -> OpenCanary -> CompareCanary ... -> promotion
               -> promotion (the settings ask for neither, or the model serves already)
"""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.lambda_task import (
    lambda_task,
    retry_measurements,
    retry_unreachable,
    wait_for_turn,
)
from bedrock_constructs.customization.polling import Names, poll

CANDIDATE_POLL = Duration.seconds(30)
MAX_CANDIDATE_POLLS = 120  # an hour
CANDIDATE = Names("FirstCandidatePoll", "WaitForCandidate", "CountCandidatePoll", "CandidateReady", "$.poll")
CANARY = Names("FirstCanaryLook", "WaitForCanary", "CountCanaryLook", "CanaryDecided", "$.look")
# Of Bedrock's runtime: they say nothing about the model.
NOT_YET = ("ModelNotReadyException", "ModelTimeoutException", "ServiceQuotaExceededException")


def canary_states(
    scope: Construct,
    checks: lambda_.IFunction,
    run: dict[str, Any],
    failed: sfn.IChainable,
    promoted: sfn.IChainable,
) -> sfn.CustomState:
    begin = lambda_task(scope, "BeginPromotion", checks, {"action": "begin", **run}, "$.begun", failed)
    wait_for_turn(begin)
    smoke = lambda_task(scope, "SmokeTest", checks, {"action": "smoke", **run}, "$.smoke", failed)
    smoke.add_retry(errors=list(NOT_YET), interval=Duration.seconds(30), max_attempts=10, backoff_rate=1)
    retry_unreachable(smoke)
    opened = lambda_task(scope, "OpenCanary", checks, {"action": "open_canary", **run}, "$.canary", failed)
    tried = sfn.Choice(scope, "HasCanary")
    tried.when(sfn.Condition.boolean_equals("$.canary.open", True), _compared(scope, checks, run, failed, promoted))
    tried.otherwise(promoted)
    smoke.next(opened).next(tried)
    needed = sfn.Choice(scope, "NeedsCandidate")
    needed.when(sfn.Condition.boolean_equals("$.begun.candidate", True), _ready(scope, checks, run, failed, smoke))
    needed.otherwise(promoted)
    begin.next(needed)
    return begin


def _ready(
    scope: Construct, checks: lambda_.IFunction, run: dict[str, Any], failed: sfn.IChainable, smoke: sfn.IChainable
) -> sfn.Pass:
    payload = {"action": "candidate_status", **run}
    status = lambda_task(scope, "CandidateStatus", checks, payload, "$.candidate", failed)
    never = sfn.Pass(
        scope,
        "CandidateNeverReady",
        parameters={"Error": "PromotionTimeout", "Cause": f"no candidate after {MAX_CANDIDATE_POLLS} polls"},
        result_path="$.failure",
    )
    never.next(failed)
    ready = sfn.Condition.string_equals("$.candidate.status", "READY")
    ends = [(ready, smoke), (CANDIDATE.more_than(MAX_CANDIDATE_POLLS), never)]
    return poll(scope, CANDIDATE, status, sfn.WaitTime.duration(CANDIDATE_POLL), ends)


def _compared(
    scope: Construct, checks: lambda_.IFunction, run: dict[str, Any], failed: sfn.IChainable, promoted: sfn.IChainable
) -> sfn.Pass:
    compare = lambda_task(scope, "CompareCanary", checks, {"action": "compare", **run}, "$.compared", failed)
    retry_measurements(compare)
    passed = sfn.Condition.string_equals("$.compared.decision", "PASSED")
    pause = sfn.WaitTime.seconds_path("$.canary.wait_seconds")
    return poll(scope, CANARY, compare, pause, [(passed, promoted)])
