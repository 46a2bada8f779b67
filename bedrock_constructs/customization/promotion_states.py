"""The states of promotion: Promote -> FirstPoll -> PromotionStatus -> WaitForPromotion ... -> PublishAlias."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.lambda_task import QUOTA, lambda_task

PROMOTION_POLL = Duration.seconds(30)
MAX_PROMOTION_POLLS = 120  # an hour; deployments take about 8 minutes


def promotion_states(
    scope: Construct, promotion: lambda_.IFunction, run: dict[str, Any], failed: sfn.Fail
) -> sfn.CustomState:
    """The first state of promotion. `run` is what the function takes of the execution's state."""
    promote = _first(scope, promotion, run, failed)
    status = lambda_task(scope, "PromotionStatus", promotion, {"action": "status", **run}, "$.promotion", failed)
    publish_input = {"action": "publish", "target_arn.$": "$.promotion.target_arn", **run}
    publish = lambda_task(scope, "PublishAlias", promotion, publish_input, "$.published", failed)
    begin = sfn.Pass(scope, "FirstPoll", parameters={"count": 0}, result_path="$.poll")
    wait = sfn.Wait(scope, "WaitForPromotion", time=sfn.WaitTime.duration(PROMOTION_POLL))
    count = sfn.Pass(
        scope,
        "CountPoll",
        parameters={"count": sfn.JsonPath.math_add(sfn.JsonPath.number_at("$.poll.count"), 1)},
        result_path="$.poll",
    )
    never_ready = sfn.Fail(
        scope, "NeverReady", error="PromotionTimeout", cause=f"not ready after {MAX_PROMOTION_POLLS} polls"
    )
    ready = sfn.Choice(scope, "PromotionReady")
    ready.when(sfn.Condition.string_equals("$.promotion.status", "READY"), publish)
    ready.when(sfn.Condition.number_greater_than("$.poll.count", MAX_PROMOTION_POLLS), never_ready)
    ready.otherwise(wait)
    promote.next(begin).next(status).next(ready)  # poll at once: the model may be ready already
    wait.next(count).next(status)
    return promote


def _first(scope: Construct, promotion: lambda_.IFunction, run: dict[str, Any], failed: sfn.Fail) -> sfn.CustomState:
    promote = lambda_task(scope, "Promote", promotion, {"action": "promote", **run}, "$.promotion", failed)
    # Another run of the customization is being promoted: wait for it. Lambda reports the class of the exception.
    promote.add_retry(errors=["PromotionBusyError"], interval=PROMOTION_POLL, max_attempts=40, backoff_rate=1)
    # Two deployments may be made at a time, about 8 minutes each: the others of a deploy wait for their turn.
    promote.add_retry(errors=[QUOTA], interval=Duration.minutes(2), max_attempts=200, backoff_rate=1)
    return promote
