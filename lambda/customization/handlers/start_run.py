"""Handler of the starter: an upload (EventBridge) or a request of the deploy -> what was started or stopped."""

import os
from typing import Any

from customization import invocation
from customization.chosen_run import choose_run
from customization.jobs_in_progress import cancel_run
from customization.start_run import RunStarter, StartError, customization_of, starts_a_run
from kit_contract.environment import KIT_DEPLOYMENT, STATE_MACHINE_ARN
from kit_contract.run_events import (
    HELD_BACK,
    NOT_SERVED,
    CancelRequest,
    ChooseRequest,
    FollowRequest,
    FollowResult,
    StartRequest,
    StartResult,
    StopRequest,
    StopResult,
    UploadEvent,
)

Event = UploadEvent | StartRequest | FollowRequest | StopRequest | ChooseRequest | CancelRequest
Answer = StartResult | FollowResult | StopResult


def handler(event: Event, context: object) -> Answer:
    return invocation.logged("start_run", lambda: _answer(event))


def _answer(event: Event) -> Answer:
    starter = RunStarter(
        kit_deployment=os.environ[KIT_DEPLOYMENT],
        state_machine_arn=os.environ[STATE_MACHINE_ARN],
        bedrock=invocation.client("bedrock"),
        s3=invocation.client("s3"),
        ssm=invocation.client("ssm"),
        stepfunctions=invocation.client("stepfunctions"),
    )
    if "detail" in event:
        key = event["detail"]["object"]["key"]
        if not starts_a_run(key):
            return {"started": False, "reason": "no training data"}
        return _started(starter.start(customization_of(key), key, uploaded_at=event.get("time", "")))
    if "execution_arn" in event:
        return starter.follow(event["execution_arn"])
    if "stop" in event:
        return starter.stop(event["customization"])
    if "choose" in event:
        bedrock, ssm = invocation.client("bedrock"), invocation.client("ssm")
        return choose_run(event, starter, bedrock=bedrock, ssm=ssm, now=invocation.now("%Y-%m-%dT%H:%M:%SZ"))
    if "cancel" in event:
        bedrock, stepfunctions = invocation.client("bedrock"), invocation.client("stepfunctions")
        deployment = os.environ[KIT_DEPLOYMENT]
        return cancel_run(event, kit_deployment=deployment, bedrock=bedrock, stepfunctions=stepfunctions)
    return starter.start(
        event["customization"],
        event["key"],
        retrain=event.get("retrain", False),
        retry=event.get("retry", False),
        run_id=event.get("run_id", ""),
        **_changes(event),
    )


def _changes(event: StartRequest) -> dict[str, Any]:
    """What a job of the API of fine-tuning has instead of the settings of deployment.toml."""
    changes = {name: event[name] for name in ("hyperparameters", "validation_key") if name in event}
    return {"changes": changes} if changes else {}


def _started(result: StartResult) -> StartResult:
    """Nobody reads the answer to an event: what was refused goes to the dead-letter queue."""
    if result["reason"].startswith((NOT_SERVED, HELD_BACK)):
        raise StartError(result["reason"])
    return result
