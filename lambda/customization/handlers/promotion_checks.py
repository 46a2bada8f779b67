"""Handler of the checks around a promotion, an action for each state, and of executions that were stopped."""

import json
import time
from collections.abc import Mapping
from typing import Any

from customization import invocation
from customization.promotion_checks.after_promotion import AfterPromotion
from customization.promotion_checks.before_promotion import BeforePromotion
from customization.promotion_checks.checking import Checking
from customization.promotion_checks.leftovers import sweep
from kit_contract.errors import InputError
from kit_contract.promotion_events import CheckRequest

BEFORE = ("begin", "candidate_status", "smoke", "open_canary", "compare")
AFTER = ("finish", "delete_candidate", "watch", "end")


def handler(event: Any, context: object) -> Mapping[str, Any]:
    if "detail" in event:  # EventBridge: the execution was stopped, timed out or failed
        state = json.loads(event["detail"]["input"])
        return invocation.logged("sweep", lambda: _swept(state), run_id=state["run_id"])
    return invocation.logged(event["action"], lambda: _answer(event), run_id=event["run"]["run_id"])


def _swept(state: Mapping[str, Any]) -> Mapping[str, Any]:
    if state["specification"].keys().isdisjoint(("evaluation", "promotion")):
        return {"deleted": False}
    return sweep(_checking(state, ""))


def _checking(state: Mapping[str, Any], model_arn: str) -> Checking:
    return Checking(
        state=state,
        model_arn=model_arn,
        bedrock=invocation.client("bedrock"),
        cloudwatch=invocation.client("cloudwatch"),
        converse=invocation.client("bedrock-runtime").converse,
        ssm=invocation.client("ssm"),
        now=time.time(),
    )


def _answer(event: CheckRequest) -> Mapping[str, Any]:
    checking = _checking(event["run"], event["custom_model_arn"])
    action, after = event["action"], AfterPromotion(checking)
    if action in (*BEFORE, *AFTER):
        answer: Mapping[str, Any] = getattr(BeforePromotion(checking) if action in BEFORE else after, action)()
        return answer
    if action == "return_to_base":
        return after.return_to_base(event["why"])
    if action == "abandon":
        return after.abandon(event["failure"].get("Error", ""), event["failure"].get("Cause", ""))
    allowed = ", ".join((*BEFORE, *AFTER, "return_to_base", "abandon"))
    raise InputError(f"action must be one of {allowed}, got {action!r}; deploy the kit again")
