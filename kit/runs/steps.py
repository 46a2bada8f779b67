"""The steps of an execution, from its history: when each began, how long it took, and the errors on the way.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kit.runs.deployed import Deployed
from kit_contract.run_events import WAITS

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# Choose the way, count, or end the execution: nothing happens in them.
SILENT = ("Choice", "Pass", "Succeed", "Fail")


@dataclass
class Step:
    """A state. One that was entered `times` times, as in a loop that polls, is one step."""

    name: str
    began: datetime
    took: timedelta = timedelta()
    times: int = 1
    done: bool = False
    error: str = ""
    cause: str = ""
    failures: int = 0
    waits: int = 0

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for something else before it is tried again."""
        return self.error.endswith(WAITS)


def steps_of(deployed: Deployed, execution_arn: str) -> list[Step]:
    """In the order in which they were entered first. It reads the whole history, up to 25 pages of 1,000 events."""
    pages = deployed.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution_arn, includeExecutionData=False, PaginationConfig={"PageSize": 1000}
    )
    return read_steps(event for page in pages for event in page["events"])


def latest_step(stepfunctions: "SFNClient", execution_arn: str) -> Step | None:
    """The state in which the execution is, from the end of its history."""
    events = stepfunctions.get_execution_history(
        executionArn=execution_arn, includeExecutionData=False, reverseOrder=True, maxResults=100
    )["events"]
    steps = list(_entered(reversed(events)))
    return steps[-1] if steps else None


def read_steps(events: Iterable[Any]) -> list[Step]:
    found: dict[str, Step] = {}
    current: Step | None = None
    entered = datetime.min
    for event in events:
        kind: str = event["type"]
        if kind.endswith("StateEntered"):
            current, entered = _enter(found, event), event["timestamp"]
        elif current is None:
            continue
        elif kind.endswith("StateExited"):
            current.took += event["timestamp"] - entered
            current.done, current = not current.error or current.done, None
        elif details := _failure(event):
            current.error, current.cause = details
            current.waits += current.is_waiting
            current.failures += not current.is_waiting
        elif kind.endswith("Succeeded"):
            current.error, current.cause, current.done = "", "", True
    return list(found.values())


def _enter(found: dict[str, Step], event: Any) -> Step | None:
    if event["type"].removesuffix("StateEntered") in SILENT:
        return None
    name = event["stateEnteredEventDetails"]["name"]
    if name in found:
        step = found[name]
        step.times, step.done = step.times + 1, False
        return step
    found[name] = Step(name, event["timestamp"])
    return found[name]


def _entered(events: Iterable[Any]) -> Iterator[Step]:
    for event in events:
        if step := _enter({}, event) if event["type"].endswith("StateEntered") else None:
            yield step


def _failure(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """(error, cause) of an event such as TaskFailed, LambdaFunctionFailed or TaskTimedOut."""
    if not event["type"].endswith(("Failed", "TimedOut")) or event["type"].startswith("Execution"):
        return None
    details: Mapping[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    return details.get("error") or event["type"], details.get("cause", "")
