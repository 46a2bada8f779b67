"""The states of promotion, with the checks that the settings ask for around them.

BeginPromotion -> [candidate, smoke prompts, canary] -> Promote -> FirstPoll -> PromotionStatus ... -> PublishAlias
               -> [watch, and a return to what served before] -> EndPromotion
A failure closes the canary and deletes the candidate before the execution ends in Failed.
"""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.canary_states import canary_states
from bedrock_constructs.customization.lambda_task import lambda_task
from bedrock_constructs.customization.promote_states import promote_states
from bedrock_constructs.customization.watch_states import watch_states


def promotion_states(
    scope: Construct, promotion: lambda_.IFunction, checks: lambda_.IFunction, run: dict[str, Any], failed: sfn.Fail
) -> sfn.IChainable:
    """The first state of promotion. `run` is what the functions take of the execution's state."""
    abandoned = abandon_states(scope, checks, run, failed)
    target = {"target_arn.$": "$.promotion.target_arn"}
    publish = lambda_task(
        scope, "PublishAlias", promotion, {"action": "publish", **target, **run}, "$.published", abandoned
    )
    publish.next(watch_states(scope, promotion, checks, run, abandoned))
    promote = promote_states(scope, "", promotion, run, abandoned, publish)
    return canary_states(scope, checks, run, abandoned, promote)


def abandon_states(
    scope: Construct, checks: lambda_.IFunction, run: dict[str, Any], failed: sfn.Fail
) -> sfn.CustomState:
    """What is left of a failed promotion must not hide its failure: these states end in `failed` whatever happens."""
    abandon = _task(
        scope, "AbandonPromotion", checks, {"action": "abandon", "failure.$": "$.failure", **run}, "$.abandoned", failed
    )
    drain = sfn.Wait(scope, "DrainAbandoned", time=sfn.WaitTime.seconds_path("$.abandoned.drain_seconds"))
    delete = _task(
        scope, "DeleteAbandoned", checks, {"action": "delete_candidate", **run}, "$.abandoned.deleted", failed
    )
    abandon.next(drain).next(delete).next(failed)
    return abandon


def _task(
    scope: Construct, name: str, function: lambda_.IFunction, payload: dict[str, Any], path: str, failed: sfn.Fail
) -> sfn.CustomState:
    state = {"Type": "Task", "Resource": function.function_arn, "Parameters": payload, "ResultPath": path}
    task = sfn.CustomState(scope, name, state_json=state)
    # A candidate that is being created cannot be deleted for some minutes.
    task.add_retry(errors=["States.ALL"], interval=Duration.seconds(30), max_attempts=30, backoff_rate=1)
    task.add_catch(failed, result_path="$.abandon_failure")
    return task
