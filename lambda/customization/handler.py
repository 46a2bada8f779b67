"""The edge: builds clients, reads the environment, logs one line; each function of the workflow is one name here."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from customization import check_data as checking
from customization import training_metrics
from customization.promotion import Promotion
from customization.start_run import RunStarter, customization_of, starts_a_run
from kit_contract.environment import KIT_DEPLOYMENT, STATE_MACHINE_ARN

Event = Mapping[str, Any]


def start_run(event: Event, context: object) -> dict[str, Any]:
    """An upload (EventBridge), or {"customization", "key"} or {"customization", "stop": true} from the deploy."""
    return _logged("start_run", {}, lambda: _start_run(event))


def check_data(event: Event, context: object) -> dict[str, Any]:
    """The run's input -> names of the job, or the model that exists already."""
    timestamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    return _logged(
        "check_data",
        {"run_id": event["run_id"]},
        lambda: checking.check_data(event, bedrock=_client("bedrock"), s3=_client("s3"), timestamp=timestamp),
    )


def record_metrics(event: Event, context: object) -> dict[str, Any]:
    """{"run", "custom_model_arn"} -> where the metrics are, and the final losses."""
    return _logged(
        "record_metrics",
        {"run_id": event["run"]["run_id"]},
        lambda: training_metrics.record_metrics(event["run"], event["custom_model_arn"], s3=_client("s3")),
    )


def promote(event: Event, context: object) -> dict[str, Any]:
    """{"action": promote | status | publish, "run", "custom_model_arn", "target_arn"} -> that action's answer."""
    return _logged(str(event["action"]), {"run_id": event["run"]["run_id"]}, lambda: _promote(event))


def _start_run(event: Event) -> dict[str, Any]:
    starter = RunStarter(
        deployment=os.environ[KIT_DEPLOYMENT],
        state_machine_arn=os.environ[STATE_MACHINE_ARN],
        bedrock=_client("bedrock"),
        s3=_client("s3"),
        ssm=_client("ssm"),
        stepfunctions=_client("stepfunctions"),
    )
    if "detail" in event:
        key = event["detail"]["object"]["key"]
        if not starts_a_run(key):
            return {"started": False, "reason": "no training data"}
        return starter.start(customization_of(key), key)
    if event.get("stop"):
        return starter.stop(event["customization"])
    return starter.start(event["customization"], event["key"])


def _promote(event: Event) -> dict[str, str]:
    promotion = Promotion(bedrock=_client("bedrock"), ssm=_client("ssm"))
    run, model_arn, action = event["run"], event["custom_model_arn"], event["action"]
    if action == "promote":
        return promotion.promote(run, model_arn)
    if action == "status":
        return promotion.status(run, model_arn)
    if action == "publish":
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return promotion.publish(run, model_arn, event["target_arn"], now=now)
    raise ValueError(f"action must be promote, status or publish, got {action!r}; deploy the kit again")


@cache
def _client(service: str) -> Any:
    return boto3.Session().client(service)


def _logged(step: str, fields: Mapping[str, Any], action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `action` and write one line about it; of an error its name only, for its text may quote a record."""
    line: dict[str, Any] = {"step": step, **fields}
    started = time.monotonic()
    try:
        result = action()
        line |= {"outcome": "ok", **result}
        return result
    except Exception as error:
        line |= {"outcome": "failed", "error": type(error).__name__}
        raise
    finally:
        line["duration_ms"] = round((time.monotonic() - started) * 1000)
        print(json.dumps(line), file=sys.stderr)
