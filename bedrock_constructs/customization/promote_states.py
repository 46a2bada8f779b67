"""The states that change the model in place: Promote -> FirstPoll -> PromotionStatus -> WaitForPromotion ..."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.lambda_task import lambda_task, wait_for_turn
from bedrock_constructs.customization.polling import Names, poll

PROMOTION_POLL = Duration.seconds(30)
MAX_PROMOTION_POLLS = 120  # an hour; deployments take about 8 minutes
POLLS = Names("FirstPoll", "WaitForPromotion", "CountPoll", "PromotionReady", "$.poll")


def promote_states(
    scope: Construct,
    prefix: str,
    promotion: lambda_.IFunction,
    run: dict[str, Any],
    failed: sfn.IChainable,
    following: sfn.IChainable,
) -> sfn.CustomState:
    """The change of the model in place, and the wait until it serves; `prefix` is that of the states' names."""
    promote = lambda_task(scope, f"{prefix}Promote", promotion, {"action": "promote", **run}, "$.promotion", failed)
    wait_for_turn(promote)
    status = lambda_task(
        scope, f"{prefix}PromotionStatus", promotion, {"action": "status", **run}, "$.promotion", failed
    )
    never_ready = sfn.Pass(
        scope,
        f"{prefix}NeverReady",
        parameters={"Error": "PromotionTimeout", "Cause": f"not ready after {MAX_PROMOTION_POLLS} polls"},
        result_path="$.failure",
    )
    never_ready.next(failed)
    names = POLLS.prefixed(prefix)
    ready = sfn.Condition.string_equals("$.promotion.status", "READY")
    ends = [(ready, following), (names.more_than(MAX_PROMOTION_POLLS), never_ready)]
    promote.next(poll(scope, names, status, sfn.WaitTime.duration(PROMOTION_POLL), ends))
    return promote
