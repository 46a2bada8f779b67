"""Handler of the evaluation's steps, and of executions that ended in the middle of one."""

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from customization import invocation
from customization.evaluation.approval import conclude, forget_token, request_approval
from customization.evaluation.candidate import delete_candidate
from customization.evaluation.converse import Asker
from customization.evaluation.evaluation import Evaluation
from customization.evaluation.evaluation_jobs import stop_jobs
from customization.promotion_targets.target import PromotionBusyError
from kit_contract.errors import InputError
from kit_contract.evaluation_jobs import ROLE_VARIABLE
from kit_contract.evaluations import EvaluationRequest
from kit_contract.runs import Run

ASKING_SECONDS = 480  # of the function's 900: the last batch may be throttled
GONE_LOOKS, GONE_PAUSE = 30, 2
CLIENT = Config(retries={"total_max_attempts": 1}, read_timeout=120, max_pool_connections=20)


def handler(event: Any, context: object) -> Mapping[str, object]:
    if "detail" in event:  # EventBridge: the execution failed, timed out or was stopped
        run = Run.from_json(json.loads(event["detail"]["input"]))
        return invocation.logged("sweep", lambda: _sweep(run), run_id=run.run_id)
    run = Run.from_json(event["run"])
    return invocation.logged(event["action"], lambda: _answer(event, run), run_id=run.run_id)


def _answer(event: EvaluationRequest, run: Run) -> Mapping[str, object]:
    action = event["action"]
    if action == "end":
        return _end(run)
    if action == "request_approval":
        publish, now = invocation.client("sns").publish, datetime.now(UTC)
        return request_approval(run, event["task_token"], s3=invocation.client("s3"), publish=publish, now=now)
    if action == "conclude":
        return conclude(run, event["answer"], s3=invocation.client("s3"))
    evaluation = Evaluation(
        run,
        event["custom_model_arn"],
        bedrock=invocation.client("bedrock"),
        s3=invocation.client("s3"),
        ssm=invocation.client("ssm"),
    )
    if action == "prepare":
        return evaluation.prepare()
    if action == "ask":
        runtime = boto3.Session().client("bedrock-runtime", config=CLIENT)
        return evaluation.ask(event["prepared"], Asker(runtime.converse), until=time.monotonic() + ASKING_SECONDS)
    role_arn = os.environ.get(ROLE_VARIABLE, "")
    if action == "judge":
        return evaluation.judge(event["prepared"], role_arn)
    if action == "score":
        return evaluation.score(event["prepared"], role_arn)
    raise InputError(f"action must be one of an evaluation's steps, got {action!r}; deploy the kit again")


def _end(run: Run) -> Mapping[str, object]:
    """Where the promotion makes a candidate of the same name, wait for the end of this one: it still answers while it
    goes, and what is asked of it then would fail the model. The state machine repeats this for some minutes.
    """
    checks, bedrock = run.specification.promotion, invocation.client("bedrock")
    gone = delete_candidate(run, bedrock)
    if checks is None or not checks.needs_candidate:
        return {"gone": gone}
    for _ in range(GONE_LOOKS):
        if gone:
            return {"gone": True}
        time.sleep(GONE_PAUSE)
        gone = delete_candidate(run, bedrock)
    raise PromotionBusyError("the candidate of the evaluation is still being deleted")


def _sweep(run: Run) -> Mapping[str, object]:
    """Its candidate is deleted by the function that checks promotions: it may have a canary."""
    if run.specification.evaluation is None:
        return {"forgotten": False}
    try:
        if run.specification.evaluation.evaluator_model:
            stop_jobs(run, invocation.client("bedrock"))
    finally:  # jobs that cannot be stopped are no reason to leave the rest
        forget_token(run, invocation.client("s3"))
    return {"forgotten": True}
