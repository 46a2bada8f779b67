"""The execution of a job in Step Functions: how far it is, how it ended, what happened.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fine_tuning_api.service import Service
from kit_contract.errors import KitError
from kit_contract.evaluations import KEPT_OUTCOME

CHECK = "CheckData"
TRAIN = "Train"  # the names of all states that wait for a job begin so
STATUSES = {
    "PENDING_REDRIVE": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "failed",
    "ABORTED": "cancelled",
}
KEPT = "Kept"
READ_EVENTS = 1000  # of a history: polls come after what matters


class UnknownStatusError(KitError):
    """When Step Functions says what this release does not know."""


class Execution(NamedTuple):
    """`status` is OpenAI's: one whose model the evaluation kept from callers has failed, with the error KEPT.

    `stopped` in seconds since 1970, None while it runs.
    """

    status: str
    stopped: int | None
    error: str
    cause: str


def find(service: Service, arn: str) -> Execution | None:
    """None if it does not exist: Step Functions keeps executions for 90 days."""
    try:
        found = service.stepfunctions.describe_execution(executionArn=arn)
    except service.stepfunctions.exceptions.ExecutionDoesNotExist:
        return None
    status: str = found["status"]
    stopped = int(found["stopDate"].timestamp()) if "stopDate" in found else None
    if status == "SUCCEEDED" and (kept := _why_kept(found.get("output", ""))):
        return Execution("failed", stopped, KEPT, kept)
    known = _phase(service, arn) if status == "RUNNING" else STATUSES.get(status)
    if known is None:
        raise UnknownStatusError(f"execution {arn} has the unknown status {status}; update the kit")
    return Execution(known, stopped, found.get("error", ""), reason_in(found.get("cause", "")))


def events(service: Service, arn: str, *, newest_first: bool = False) -> Iterator[Mapping[str, Any]]:
    """At most READ_EVENTS."""
    pages = service.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=arn,
        reverseOrder=newest_first,
        includeExecutionData=False,
        PaginationConfig={"MaxItems": READ_EVENTS, "PageSize": 100 if newest_first else READ_EVENTS},
    )
    for page in pages:
        yield from page["events"]


def state_entered(event: Mapping[str, Any]) -> str:
    """The name of the state that this event says was entered, or an empty text."""
    return str(event.get("stateEnteredEventDetails", {}).get("name", ""))


def reason_in(cause: str) -> str:
    """The message for people: of a function's error, of a job's description, or the text itself."""
    try:
        value = json.loads(cause)
    except ValueError:
        return cause
    if not isinstance(value, dict):
        return cause
    return str(value.get("errorMessage") or value.get("FailureMessage") or "Bedrock gives no reason")


def _phase(service: Service, arn: str) -> str:
    """Of a running execution: a job that Bedrock has not accepted yet is queued."""
    submitted = False
    for event in events(service, arn, newest_first=True):
        submitted = submitted or event["type"] == "TaskSubmitted"
        state = state_entered(event)
        if state == CHECK:
            return "validating_files"
        if state.startswith(TRAIN) and state != "TrainedBefore":
            return "running" if submitted else "queued"
        if state and state != "TrainedBefore":
            return "running"
    return "validating_files"


def _why_kept(output: str) -> str:
    """Why what served goes on although the model is there; empty for an execution that promoted it."""
    value = json.loads(output or "{}")
    if not isinstance(value, dict) or value.get("outcome") != KEPT_OUTCOME:
        return ""
    return f"the model is trained, but the alias is not served by it: {value.get('reason') or 'no reason given'}"
