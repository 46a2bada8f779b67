"""Handler of the promotion's three steps: begin, look at the progress, publish the alias."""

from dataclasses import replace

from customization import invocation
from customization.promotion import Promotion
from kit_contract.errors import InputError
from kit_contract.run_events import PromotionRequest, PromotionTarget
from kit_contract.runs import Run


def handler(event: PromotionRequest, context: object) -> PromotionTarget:
    run = Run.from_json(event["run"])
    run = replace(run, run_id=event.get("run_id", run.run_id))
    return invocation.logged(event["action"], lambda: _answer(event, run), run_id=run.run_id)


def _answer(event: PromotionRequest, run: Run) -> PromotionTarget:
    promotion = Promotion(bedrock=invocation.client("bedrock"), ssm=invocation.client("ssm"))
    action, model_arn = event["action"], event["custom_model_arn"]
    if action == "promote":
        return promotion.promote(run, model_arn)
    if action == "status":
        return promotion.status(run, model_arn)
    if action == "publish":
        now, why = invocation.now("%Y-%m-%dT%H:%M:%SZ"), event.get("why", "")
        return promotion.publish(run, model_arn, event["target_arn"], now=now, why=why)
    raise InputError(f"action must be promote, status or publish, got {action!r}; deploy the kit again")
