"""The edge of the custom resources: the one function that CloudFormation invokes, and that answers it by itself.

It waits in the invocation, and hands over to a new one (by sending itself the same event) before Lambda's time ends.
An error raised here is on purpose: Lambda then repeats the event, a minute and two minutes later.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from custom_resources.bucket_objects import BucketObjectsResource
from custom_resources.custom_model_deployment import CustomModelDeploymentResource
from custom_resources.customization_start import CustomizationStartResource
from custom_resources.framework import answer
from custom_resources.framework.lease import Leases, SupersededError
from custom_resources.framework.lifecycle import AsyncResource, Request, ResourceFailedError, error_code
from custom_resources.framework.operation import Operation, OutOfTimeError
from custom_resources.model_access import ModelAccessResource
from custom_resources.provisioned_throughput.resource import ProvisionedThroughputResource
from custom_resources.provisioned_throughput_start import ProvisionedThroughputStartResource
from kit_contract.environment import LEASES_TABLE, LONGEST_PAUSE_SECONDS

Factory = Callable[[], AsyncResource]
# Left of Lambda's time when the work is given to the next invocation: enough for an answer's 60 s, were it due.
HAND_OVER_SECONDS = 90.0


class RepeatEventError(Exception):
    """Raised to have Lambda deliver the event once more; its text reaches the log and names no part of the event."""


def resources(session: boto3.Session, region: str) -> dict[str, Factory]:
    """Every custom resource type of the kit; clients are made only for the type that is asked for."""
    # Throttled calls are repeated by the operation, more slowly every time: not also by the client.
    paced = Config(region_name=region, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1})
    # Many calls in one step: a single throttled one must not repeat them all.
    patient = Config(region_name=region, retries={"mode": "standard", "total_max_attempts": 8})
    # Starting a run is not repeated by the client: the starter may have started it before its answer was lost.
    once = Config(region_name=region, read_timeout=300, retries={"mode": "standard", "total_max_attempts": 1})
    return {
        "Custom::BedrockModelAccess": lambda: ModelAccessResource(session.client("bedrock", config=patient), region),
        "Custom::BedrockCustomModelDeployment": lambda: CustomModelDeploymentResource(
            session.client("bedrock", config=paced), session.client("ssm", config=patient)
        ),
        "Custom::BedrockProvisionedThroughput": lambda: ProvisionedThroughputResource(
            session.client("bedrock", config=paced),
            session.client("ssm", config=patient),
            session.client("service-quotas", config=patient),
        ),
        "Custom::BedrockCapacityStart": lambda: ProvisionedThroughputStartResource(
            session.client("lambda", config=patient).invoke
        ),
        "Custom::BucketObjects": lambda: BucketObjectsResource(session.client("s3", config=patient)),
        "Custom::BedrockCustomizationStart": lambda: CustomizationStartResource(
            session.client("lambda", config=once).invoke
        ),
    }


def handle(event: Mapping[str, Any], context: Any) -> None:
    """Bring one request of CloudFormation to its answer, or as far as this invocation's time goes."""
    started = time.monotonic()
    line: dict[str, object] = {
        "resource_type": event.get("ResourceType"),
        "request_type": event.get("RequestType"),
        "logical_id": event.get("LogicalResourceId"),
    }
    try:
        line |= _handle(event, context)
    except Exception as error:
        line |= {"outcome": "repeated by Lambda", "error": type(error).__name__, "code": error_code(error)}
        raise RepeatEventError(f"{type(error).__name__}: the event is to be delivered again") from None
    finally:
        line["duration_ms"] = round((time.monotonic() - started) * 1000)
        print(json.dumps(line), file=sys.stderr)


def _handle(event: Mapping[str, Any], context: Any) -> dict[str, object]:
    session, region = boto3.Session(), os.environ["AWS_REGION"]
    left = context.get_remaining_time_in_millis() / 1000
    dynamodb = session.client("dynamodb", config=Config(region_name=region, read_timeout=10))
    request = Request.from_event(event)
    leases = Leases(dynamodb, os.environ[LEASES_TABLE], request, holder=context.aws_request_id)
    operation = Operation(
        event,
        make=lambda resource_type: _resource(resource_type, session, region),
        leases=leases,
        until=time.time() + left,
        longest_pause=float(os.environ[LONGEST_PAUSE_SECONDS]),
        clock=time.time,
        sleep=time.sleep,
    )
    try:
        with _alarm(left - HAND_OVER_SECONDS):
            decided = operation.decide()
    except SupersededError:
        leases.release()
        return {"outcome": "superseded by a newer request"}
    except OutOfTimeError:
        leases.release()
        again = session.client("lambda", config=Config(region_name=region, read_timeout=20))
        again.invoke(
            FunctionName=context.invoked_function_arn, InvocationType="Event", Payload=json.dumps(event).encode()
        )
        return {"outcome": "handed over"}
    if decided is None:
        leases.release()
        return {"outcome": "answered before"}
    return _deliver(event, decided, leases)


def _deliver(event: Mapping[str, Any], decided: bytes, leases: Leases) -> dict[str, object]:
    body = json.loads(decided)
    line = {"outcome": body["Status"], "physical_id": body["PhysicalResourceId"]}
    try:
        answer.deliver(
            event["ResponseURL"],
            decided,
            local_endpoint=os.environ.get("AWS_ENDPOINT_URL"),
            put=answer.put_once,
            sleep=time.sleep,
        )
    except answer.UndeliveredError as error:
        leases.release()
        if error.passing:
            raise
        return {**line, "undelivered": str(error)}
    leases.finish(body["Status"])
    return line


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError inside the block after `seconds`, also out of a call that hangs."""

    def ring(number: int, frame: object) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _resource(resource_type: str, session: boto3.Session, region: str) -> AsyncResource:
    known = resources(session, region)
    if resource_type not in known:
        raise ResourceFailedError(
            f"resource type {resource_type} is not one of the kit's: {', '.join(sorted(known))}; deploy the kit again"
        )
    return known[resource_type]()
