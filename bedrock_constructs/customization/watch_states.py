"""The states after a promotion: the candidate goes, what serves is watched, and gives way to the last good model.

FinishPromotion -> [DrainCandidate -> DeleteCandidateAfter] -> [Watch ...] -> EndPromotion
                                        ReturnPromote ... -> PublishReturn -> Returned (the execution fails)
                                        ReturnToBase (no custom model served before) -> Returned
"""

from typing import Any

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.lambda_task import lambda_task, retry_measurements, wait_for_turn
from bedrock_constructs.customization.polling import Names, poll
from bedrock_constructs.customization.promote_states import promote_states

WATCH = Names("FirstWatchLook", "WaitForWatch", "CountWatchLook", "WatchDecided", "$.look")


def watch_states(
    scope: Construct,
    promotion: lambda_.IFunction,
    checks: lambda_.IFunction,
    run: dict[str, Any],
    failed: sfn.IChainable,
) -> sfn.CustomState:
    finish = lambda_task(scope, "FinishPromotion", checks, {"action": "finish", **run}, "$.finished", failed)
    end = lambda_task(scope, "EndPromotion", checks, {"action": "end", **run}, "$.ended", failed)
    watched = sfn.Choice(scope, "HasWatch")
    returned = _return(scope, promotion, checks, run, failed)
    watched.when(
        sfn.Condition.boolean_equals("$.finished.watch", True), _watch(scope, checks, run, failed, end, returned)
    )
    watched.otherwise(end)
    drain = sfn.Wait(scope, "DrainCandidate", time=sfn.WaitTime.seconds_path("$.finished.drain_seconds"))
    delete = lambda_task(
        scope, "DeleteCandidateAfter", checks, {"action": "delete_candidate", **run}, "$.deleted", failed
    )
    wait_for_turn(delete)
    drain.next(delete).next(watched)
    left = sfn.Choice(scope, "CandidateLeft")
    left.when(sfn.Condition.number_greater_than("$.finished.drain_seconds", 0), drain)
    left.otherwise(watched)
    finish.next(left)
    return finish


def _watch(
    scope: Construct,
    checks: lambda_.IFunction,
    run: dict[str, Any],
    failed: sfn.IChainable,
    end: sfn.IChainable,
    returned: sfn.IChainable,
) -> sfn.Pass:
    look = lambda_task(scope, "Watch", checks, {"action": "watch", **run}, "$.watched", failed)
    retry_measurements(look)
    ends = [
        (sfn.Condition.string_equals("$.watched.decision", "PASSED"), end),
        (sfn.Condition.string_equals("$.watched.decision", "RETURN"), returned),
    ]
    return poll(scope, WATCH, look, sfn.WaitTime.seconds_path("$.finished.wait_seconds"), ends)


def _return(
    scope: Construct,
    promotion: lambda_.IFunction,
    checks: lambda_.IFunction,
    run: dict[str, Any],
    failed: sfn.IChainable,
) -> sfn.Choice:
    why = {"why.$": "$.watched.reason"}
    done = sfn.Fail(scope, "Returned", error="PromotionReturned", cause_path="$.watched.reason")
    base = lambda_task(scope, "ReturnToBase", checks, {"action": "return_to_base", **why, **run}, "$.published", failed)
    base.next(done)
    last_good = {
        "run.$": "$",
        "custom_model_arn.$": "$.begun.last_good.custom_model_arn",
        "run_id.$": "$.begun.last_good.run_id",
    }
    published = {"action": "publish", "target_arn.$": "$.promotion.target_arn", **why, **last_good}
    publish = lambda_task(scope, "PublishReturn", promotion, published, "$.published", failed)
    publish.next(done)
    choice = sfn.Choice(scope, "HasLastGood")
    choice.when(sfn.Condition.string_equals("$.begun.last_good.custom_model_arn", ""), base)
    return choice.otherwise(promote_states(scope, "Return", promotion, last_good, failed, publish))
