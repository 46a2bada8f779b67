"""GET /v1/fine_tuning/jobs/{job}/events: the steps of the execution, the warnings of the check, the losses."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fine_tuning_api import executions, job_record, objects, pages
from fine_tuning_api.job_record import JobRecord, metrics_of
from fine_tuning_api.jobs import PREFIX
from fine_tuning_api.service import Call, Reply, Service
from kit_contract.counted import counted
from kit_contract.run_events import WAITS

DEFAULT, MOST = 20, 100
WORDS = {
    "CheckData": "Checking the data",
    "ModelExists": "The model of this content exists and is promoted again: nothing is trained",
    "Train": "Training in Amazon Bedrock",
    "TrainAndValidate": "Training in Amazon Bedrock, with a validation set",
    "RecordMetrics": "Recording the losses",
    "Judge": "Evaluation jobs judge the answers of the model and of what serves",
    "Kept": "What served the alias goes on: the evaluation or a person decided so",
    "Promote": "Putting the model behind its alias",
    "PromotionStatus": "Waiting until the model can be called",
    "PublishAlias": "The alias gets the model",
}
ENDS = {
    "ExecutionSucceeded": ("info", "The job has succeeded"),
    "ExecutionFailed": ("error", "The job has failed"),
    "ExecutionTimedOut": ("error", "The job took longer than an execution may, 30 days"),
    "ExecutionAborted": ("warn", "The job was cancelled"),
}
FAILURES = ("TaskFailed", "LambdaFunctionFailed", "TaskSubmitFailed", "LambdaFunctionTimedOut", "TaskTimedOut")
LOSSES = {"training": "train_loss", "validation": "valid_loss"}
QUIET = ("Choice", "Pass", "Wait")  # states of these types tell callers nothing, but for those of WORDS


class Event(NamedTuple):
    """`data` makes it an event of metrics."""

    id: str
    at: int
    level: str
    message: str
    data: Mapping[str, Any] | None = None

    def view(self) -> dict[str, Any]:
        return {
            "object": "fine_tuning.job.event",
            "id": self.id,
            "created_at": self.at,
            "level": self.level,
            "message": self.message,
            "type": "message" if self.data is None else "metrics",
            "data": self.data or {},
        }


def list_events(call: Call, service: Service) -> Reply:
    pages.refuse_query(call.query, pages.FIELDS)
    record = job_record.get(service, call.path.removeprefix(PREFIX).removesuffix("/events"))
    events = list(events_of(service, record))[::-1]
    chosen, more = pages.page([event.id for event in events], call.query, default=DEFAULT, most=MOST)
    data = [events[index].view() for index in chosen]
    return Reply(200, json.dumps({"object": "list", "data": data, "has_more": more}))


def events_of(service: Service, record: JobRecord) -> Iterator[Event]:
    """The oldest first."""
    made = f"Created fine-tuning job {record.id} of {record.customization} with {counted(record.records, 'record')}"
    yield Event("ftevent-created", record.created_at, "info", made)
    seen: set[str] = set()
    last: tuple[str, str] | None = None
    for event in _history(service, record):
        state, at = executions.state_entered(event), int(event["timestamp"].timestamp())
        if state == "RecordMetrics":
            yield from _losses(service, record, at)
        elif seen == {executions.CHECK} and state:  # the check is over
            yield from _warnings(service, record, at)
        told = None if state in seen else _told(event, state)
        seen |= {state} - {""}
        if told and told != last:  # a step that waits says so each time
            last = told
            yield Event(f"ftevent-{event['id']}", at, *told)


def _history(service: Service, record: JobRecord) -> Iterator[Mapping[str, Any]]:
    """Empty where nothing was started, or the execution is gone."""
    if record.execution_arn:
        try:
            yield from executions.events(service, record.execution_arn)
        except service.stepfunctions.exceptions.ExecutionDoesNotExist:
            return


def _told(event: Mapping[str, Any], state: str) -> tuple[str, str] | None:
    """Level and message, None for what tells callers nothing."""
    kind = str(event["type"])
    if state:
        quiet = kind.removesuffix("StateEntered") in QUIET
        return ("info", WORDS[state]) if state in WORDS else None if quiet else ("info", f"Step {state}")
    details: Mapping[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    reason = f"{details.get('error', '')}: {executions.reason_in(details.get('cause', ''))}".strip(": ")
    if kind in ENDS:
        level, message = ENDS[kind]
        return level, f"{message}: {reason}" if reason else message
    if kind not in FAILURES:
        return None
    waits = str(details.get("error", "")).endswith(WAITS)
    return (
        ("info", f"Waiting: {executions.reason_in(details.get('cause', ''))}")
        if waits
        else ("warn", f"A step failed: {reason}")
    )


def _warnings(service: Service, record: JobRecord, at: int) -> Iterator[Event]:
    report = objects.read_json(service, f"{record.run_prefix}check.json")
    for name, part in (("training_file", report), ("validation_file", report.get("validation") or {})):
        for number, item in enumerate(part.get("warnings", [])):
            place = f"{name}:{item['line']}" if item["line"] else name
            yield Event(f"ftevent-warning-{name}-{number}", at, "warn", f"{place}: {item['message']}")


def _losses(service: Service, record: JobRecord, at: int) -> Iterator[Event]:
    steps = metrics_of(service, record).get("steps", {})
    for kind, name in LOSSES.items():
        for number, step in enumerate(steps.get(kind, [])):
            data = {"step": step["step"], "epoch": step["epoch"], name: step["loss"]}
            message = f"Step {step['step']}: {kind} loss={step['loss']:g}"
            yield Event(f"ftevent-{kind}-{number}", at, "info", message, data)
