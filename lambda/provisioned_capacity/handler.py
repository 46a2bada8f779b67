"""The edge: EventBridge Scheduler's ticks, kit's calls and a budget's SNS messages -> steps of each throughput."""

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

from custom_resources.lifecycle import ResourceFailedError
from provisioned_capacity import holds
from provisioned_capacity.bookkeeping import Books, Clients
from provisioned_capacity.convergence import Convergence
from provisioned_capacity.notices import Notices
from provisioned_capacity.report import report
from provisioned_capacity.requests import Request, requests_of

# The function's timeout is 15 minutes; what is still on its way then, the next tick settles.
SETTLE_SECONDS = 13 * 60
REASON_LIMIT = 900


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    deployment, throughputs = os.environ["DEPLOYMENT_NAME"], json.loads(os.environ["THROUGHPUTS"])
    books = {name: Books(_clients(), _notices(), deployment, name, _now) for name in throughputs}
    return run(event, books, sleep=time.sleep)


def run(event: Mapping[str, Any], books: Mapping[str, Books], *, sleep: Callable[[float], None]) -> dict[str, Any]:
    """Raises after all were served if one failed: the alarm on errors sees it, the others are not held up."""
    steps: list[dict[str, Any]] = []
    faults: list[str] = []
    for request in requests_of(event):
        chosen = _chosen(request, books)
        if request.action == "status":
            steps += [report(one) for one in chosen]
            continue
        seconds = SETTLE_SECONDS / max(len(chosen), 1) if request.wait else 0
        for one in chosen:  # first every decision, then what takes minutes
            _try(one.name, faults, partial(holds.apply, request, one))
        for one in chosen:
            _try(one.name, faults, partial(_settle, one, seconds, sleep, steps))
    if faults:
        raise ResourceFailedError("; ".join(faults))
    return {"throughputs": steps}


def _settle(books: Books, seconds: float, sleep: Callable[[float], None], steps: list[dict[str, Any]]) -> None:
    step = asdict(Convergence(books).settle(seconds=seconds, sleep=sleep))
    print(json.dumps({"step": "converge", **step}), file=sys.stderr)
    steps.append(step)


def _chosen(request: Request, books: Mapping[str, Books]) -> list[Books]:
    if request.name is None:
        return list(books.values())
    if request.name not in books:
        known = ", ".join(books) or "none"
        raise ResourceFailedError(f"{request.name} is not a throughput of this deployment; there are: {known}")
    return [books[request.name]]


def _try(name: str, faults: list[str], action: Callable[[], object]) -> None:
    try:
        action()
    except Exception as error:
        faults.append(f"{name}: {str(error)[:REASON_LIMIT]}")
        print(json.dumps({"name": name, "outcome": "failed", "error": type(error).__name__}), file=sys.stderr)


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def _clients() -> Clients:
    patient = Config(retries={"mode": "standard", "total_max_attempts": 8})
    # A failed call of the model is not worth more of the function's time: see idleness.
    once = Config(read_timeout=20, retries={"mode": "standard", "total_max_attempts": 2})
    session = boto3.Session()
    return Clients(
        bedrock=session.client("bedrock", config=patient),
        ssm=session.client("ssm", config=patient),
        quotas=session.client("service-quotas", config=patient),
        cloudwatch=session.client("cloudwatch", config=patient),
        runtime=session.client("bedrock-runtime", config=once),
    )


@cache
def _notices() -> Notices:
    return Notices(boto3.Session().client("sns"), os.environ["TOPIC_ARN"])
