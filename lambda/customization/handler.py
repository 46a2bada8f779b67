"""The edge: builds clients, reads the environment, logs one line; each function of the workflow is one name here."""

import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from customization import check_data as checking
from customization import training_metrics
from customization.promotion import Promotion
from customization.start_run import RunStarter, customization_of


def start_run(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """An upload (EventBridge), or {"customization", "key"} or {"customization", "stop": true} from the deploy."""
    starter = RunStarter(
        deployment=os.environ["DEPLOYMENT_NAME"],
        state_machine_arn=os.environ["STATE_MACHINE_ARN"],
        s3=_client("s3"),
        ssm=_client("ssm"),
        stepfunctions=_client("stepfunctions"),
    )
    if "detail" in event:
        key = event["detail"]["object"]["key"]
        result = starter.start(customization_of(key), key)
    elif event.get("stop"):
        result = starter.stop(event["customization"])
    else:
        result = starter.start(event["customization"], event["key"])
    _log("start_run", **result)
    return result


def check_data(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """The run's input -> names of the job, or the model that exists already."""
    timestamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    result = checking.check_data(event, bedrock=_client("bedrock"), s3=_client("s3"), timestamp=timestamp)
    _log("check_data", run_id=event["run_id"], trained=result["trained"], records=result.get("records"))
    return result


def record_metrics(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """{"run", "custom_model_arn"} -> where the metrics are, and the final losses."""
    result = training_metrics.record_metrics(event["run"], event["custom_model_arn"], s3=_client("s3"))
    _log("record_metrics", run_id=event["run"]["run_id"], final_loss=result["final_loss"])
    return result


def promote(event: Mapping[str, Any], context: object) -> dict[str, str]:
    """{"action": promote | status | publish, "run", "custom_model_arn", "target_arn"} -> that action's answer."""
    promotion = Promotion(bedrock=_client("bedrock"), ssm=_client("ssm"))
    run, model_arn, action = event["run"], event["custom_model_arn"], event["action"]
    if action == "promote":
        result = promotion.promote(run, model_arn)
    elif action == "status":
        result = promotion.status(run, model_arn)
    elif action == "publish":
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        result = promotion.publish(run, model_arn, event["target_arn"], now=now)
    else:
        raise ValueError(f"action must be promote, status or publish, got {action!r}")
    _log(action, run_id=run["run_id"], **result)
    return result


@cache
def _client(service: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]


def _log(step: str, **fields: Any) -> None:
    print(json.dumps({"step": step, "at": round(time.time(), 3), **fields}), file=sys.stderr)
