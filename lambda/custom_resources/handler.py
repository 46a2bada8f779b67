"""The function behind every custom resource: CloudFormation invokes it asynchronously, and it answers by itself.

It waits inside the invocation. Before Lambda's time ends it invokes itself with the same event, and that invocation
continues. When it raises, Lambda repeats the event, after one minute and again after two.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from custom_resources.framework import answer
from custom_resources.framework.answer import UndeliverableError
from custom_resources.framework.errors import OutOfTimeError, SupersededError, error_code
from custom_resources.framework.lease import Lease
from custom_resources.framework.operation import Operation
from custom_resources.framework.request import Request
from custom_resources.resource_types import resource_of
from kit_contract.environment import LEASES_TABLE, LONGEST_PAUSE_SECONDS
from kit_contract.errors import RetryLaterError

# What is left of Lambda's time at the hand-over: enough to deliver an answer, which takes up to 60 seconds.
HAND_OVER_SECONDS = 90.0


def handle(event: Mapping[str, Any], context: Any) -> None:
    """Answer one request, or get as far as the time allows. Raises RetryLaterError, for Lambda to repeat the event."""
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
        # The runtime logs this error: it must not quote the event or the ResponseURL.
        raise RetryLaterError(f"{type(error).__name__}: Lambda will repeat the event") from None
    finally:
        line["duration_ms"] = round((time.monotonic() - started) * 1000)
        print(json.dumps(line), file=sys.stderr)


def _handle(event: Mapping[str, Any], context: Any) -> dict[str, object]:
    session, region = boto3.Session(), os.environ["AWS_REGION"]
    seconds_left = context.get_remaining_time_in_millis() / 1000
    dynamodb = session.client("dynamodb", config=Config(region_name=region, read_timeout=10))
    request = Request.from_event(event)
    lease = Lease(dynamodb, os.environ[LEASES_TABLE], request, holder=context.aws_request_id)
    operation = Operation(
        request,
        resource_of=lambda resource_type: resource_of(resource_type, session, region),
        lease=lease,
        ends=time.time() + seconds_left,
        longest_pause=float(os.environ[LONGEST_PAUSE_SECONDS]),
        clock=time.time,
        sleep=time.sleep,
    )
    try:
        with _alarm(seconds_left - HAND_OVER_SECONDS):
            decided = operation.decide()
    except SupersededError:
        lease.release()
        return {"outcome": "superseded by a newer request"}
    except OutOfTimeError:
        lease.release()
        again = session.client("lambda", config=Config(region_name=region, read_timeout=20))
        again.invoke(
            FunctionName=context.invoked_function_arn, InvocationType="Event", Payload=json.dumps(event).encode()
        )
        return {"outcome": "handed over"}
    if decided is None:
        lease.release()
        return {"outcome": "answered before"}
    return _deliver(event["ResponseURL"], decided, lease)


def _deliver(url: str, decided: bytes, lease: Lease) -> dict[str, object]:
    body = json.loads(decided)
    line = {"outcome": body["Status"], "physical_id": body["PhysicalResourceId"]}
    local_endpoint = os.environ.get("AWS_ENDPOINT_URL")
    try:
        answer.deliver(url, decided, local_endpoint=local_endpoint, put=answer.put_once, sleep=time.sleep)
    except UndeliverableError as error:
        lease.release()
        return {**line, "undelivered": str(error)}
    except RetryLaterError:
        lease.release()
        raise
    lease.record_delivery(body["Status"])
    return line


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError inside the block after `seconds`, even out of a call that hangs."""

    def ring(number: int, frame: object) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
