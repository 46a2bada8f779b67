"""The function: ticks of EventBridge Scheduler, calls of kit and messages of a budget become steps of throughputs."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import boto3
from botocore.config import Config

from kit_contract.environment import KIT_DEPLOYMENT, THROUGHPUTS, TOPIC_ARN
from kit_contract.errors import InputError, ResourceFailedError
from kit_contract.provisioned_throughput import (
    DEPLOYMENT_DIMENSION,
    METRIC_NAMESPACE,
    MODEL_UNITS,
    THROUGHPUT_DIMENSION,
)
from provisioned_throughput_controller import overrides
from provisioned_throughput_controller.context import Context, ControllerClients, Notices
from provisioned_throughput_controller.reconciliation import Reconciliation
from provisioned_throughput_controller.report import report
from provisioned_throughput_controller.requests import Request, requests_of

# The function's timeout is 15 minutes; the next tick continues what is not settled by then.
SETTLE_SECONDS = 13 * 60
REASON_LIMIT = 900


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    kit_deployment, throughputs = os.environ[KIT_DEPLOYMENT], json.loads(os.environ[THROUGHPUTS])
    contexts = {name: Context(_clients(), _notices(), kit_deployment, name, _now) for name in throughputs}
    return run(event, contexts, sleep=time.sleep)


def run(event: Mapping[str, Any], contexts: Mapping[str, Context], *, sleep: Callable[[float], None]) -> dict[str, Any]:
    """Serve every throughput, then raise if one failed: the others do not wait, and the alarm on errors sees it."""
    steps: list[dict[str, Any]] = []
    faults: list[str] = []
    for request in requests_of(event):
        chosen = _chosen(request, contexts)
        if request.action == "status":
            steps += [report(one) for one in chosen]
            continue
        seconds = SETTLE_SECONDS / max(len(chosen), 1) if request.wait else 0
        for one in chosen:  # all decisions first: the steps take minutes
            _try(one.name, faults, partial(overrides.apply, request, one))
        for one in chosen:
            _try(one.name, faults, partial(_settle, one, seconds, sleep, steps))
    if faults:
        raise ResourceFailedError("; ".join(faults))
    return {"throughputs": steps}


def _settle(context: Context, seconds: float, sleep: Callable[[float], None], steps: list[dict[str, Any]]) -> None:
    step = asdict(Reconciliation(context).settle(seconds=seconds, sleep=sleep))
    print(json.dumps({"step": "reconcile", **step, **_metrics(context, step)}), file=sys.stderr)
    steps.append(step)


def _metrics(context: Context, step: Mapping[str, Any]) -> dict[str, Any]:
    """Every tick, so that the average of an hour is the part of it that was billed."""
    directive = {
        "Namespace": METRIC_NAMESPACE,
        "Dimensions": [[DEPLOYMENT_DIMENSION, THROUGHPUT_DIMENSION]],
        "Metrics": [{"Name": MODEL_UNITS, "Unit": "Count"}],
    }
    return {
        "_aws": {"Timestamp": int(context.clock().timestamp() * 1000), "CloudWatchMetrics": [directive]},
        DEPLOYMENT_DIMENSION: context.kit_deployment,
        THROUGHPUT_DIMENSION: context.name,
        MODEL_UNITS: step["model_units"],
    }


def _chosen(request: Request, contexts: Mapping[str, Context]) -> list[Context]:
    if request.name is None:
        return list(contexts.values())
    if request.name not in contexts:
        known = ", ".join(contexts) or "none"
        raise InputError(f"name must be one of this deployment's throughputs: {known}; got {request.name}")
    return [contexts[request.name]]


def _try(name: str, faults: list[str], action: Callable[[], object]) -> None:
    try:
        action()
    except Exception as error:
        faults.append(f"{name}: {str(error)[:REASON_LIMIT]}")
        print(json.dumps({"name": name, "outcome": "failed", "error": type(error).__name__}), file=sys.stderr)


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def _clients() -> ControllerClients:
    retrying = Config(retries={"mode": "standard", "total_max_attempts": 8})
    # The one call of a model, see idleness.py: a failure is not worth more of the function's time.
    once = Config(read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2})
    session = boto3.Session()
    return ControllerClients(
        bedrock=session.client("bedrock", config=retrying),
        ssm=session.client("ssm", config=retrying),
        quotas=session.client("service-quotas", config=retrying),
        cloudwatch=session.client("cloudwatch", config=retrying),
        runtime=session.client("bedrock-runtime", config=once),
    )


@cache
def _notices() -> Notices:
    return Notices(boto3.Session().client("sns"), os.environ[TOPIC_ARN])
