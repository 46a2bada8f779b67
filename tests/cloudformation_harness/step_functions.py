"""Step Functions as far as the training workflow goes: its synthesized definition, played on the virtual clock.

`bedrock:createModelCustomizationJob.sync` polls the job by itself and stops it when the execution is stopped.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from tests.cloudformation_harness.jobs import Jobs
from tests.cloudformation_harness.refusals import Refusal
from tests.cloudformation_harness.states_language import State, at, chosen, filled, put
from tests.cloudformation_harness.virtual_time import Process, Scheduler

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:Workflow"
POLL_SECONDS = 60.0
Given = Mapping[str, Any]


class StateError(Exception):
    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error)
        self.error, self.cause = error, cause


class Account(Protocol):
    """What an execution needs of the world."""

    scheduler: Scheduler
    jobs: Jobs
    functions: dict[str, Callable[[Any], Any]]


@dataclass
class Execution:
    name: str
    data: Any
    started: float
    status: str = "RUNNING"
    error: str = ""
    cause: str = ""
    process: Process | None = None
    transitions: int = 0

    @property
    def arn(self) -> str:
        return f"{MACHINE.replace('stateMachine', 'execution')}:{self.name}"


class StepFunctions:
    """The service's operations; `history` is all that an execution's history would show."""

    def __init__(self, account: Account) -> None:
        self.definition: State = {}
        self.executions: list[Execution] = []
        self.history: list[str] = []
        self._account = account

    def start_execution(self, given: Given) -> dict[str, Any]:
        if any(item.name == given["name"] for item in self.executions):
            raise Refusal("ExecutionAlreadyExists", given["name"])
        execution = Execution(given["name"], json.loads(given["input"]), self._account.scheduler.now)
        self.executions.append(execution)
        self.history.append(given["input"])
        execution.process = self._account.scheduler.spawn(lambda: self._run(execution), f"execution-{execution.name}")
        return {"executionArn": execution.arn, "startDate": _date(execution.started)}

    def describe_execution(self, given: Given) -> dict[str, Any]:
        execution = self._find(given["executionArn"])
        return {
            "executionArn": execution.arn,
            "stateMachineArn": MACHINE,
            "status": execution.status,
            "startDate": _date(execution.started),
        }

    def list_executions(self, given: Given) -> dict[str, Any]:
        shown = [item for item in self.executions if item.status == given["statusFilter"]]
        return {
            "executions": [
                {
                    "executionArn": item.arn,
                    "stateMachineArn": MACHINE,
                    "name": item.name,
                    "status": item.status,
                    "startDate": _date(item.started),
                }
                for item in shown
            ]
        }

    def stop_execution(self, given: Given) -> dict[str, Any]:
        execution = self._find(given["executionArn"])
        execution.status = "ABORTED"
        assert execution.process
        self._account.scheduler.kill(execution.process)
        for job in self._account.jobs.in_progress():
            if job.given["jobName"].startswith(execution.name) and self._account.jobs.status(job) == "InProgress":
                self._account.jobs.stop({"jobIdentifier": job.arn})
        return {"stopDate": _date(self._account.scheduler.now)}

    def _find(self, arn: str) -> Execution:
        for execution in self.executions:
            if execution.arn == arn:
                return execution
        raise Refusal("ExecutionDoesNotExist", arn)

    def _run(self, execution: Execution) -> None:
        name: str | None = self.definition["StartAt"]
        while name:
            execution.transitions += 1
            state = self.definition["States"][name]
            if state["Type"] == "Fail":
                execution.status = "FAILED"
                execution.error = at(execution.data, state["ErrorPath"]) if "ErrorPath" in state else state["Error"]
                execution.cause = at(execution.data, state["CausePath"]) if "CausePath" in state else state["Cause"]
                return
            name = self._step(state, execution)
            self.history.append(json.dumps(execution.data))
        execution.status = "SUCCEEDED"

    def _step(self, state: State, execution: Execution) -> str | None:
        if state["Type"] == "Choice":
            return chosen(state, execution.data)
        if state["Type"] == "Wait":
            self._account.scheduler.sleep(float(state["Seconds"]))
        elif state["Type"] == "Pass":
            put(execution.data, state, filled(state["Parameters"], execution.data))
        else:
            try:
                put(execution.data, state, self._with_retries(state, execution))
            except StateError as failure:
                catch = state["Catch"][0]
                found = {"Error": failure.error, "Cause": failure.cause}
                self.history.append(json.dumps(found))
                put(execution.data, catch, found)
                return str(catch["Next"])
        return state.get("Next")

    def _with_retries(self, state: State, execution: Execution) -> Any:
        used: dict[str, int] = {}
        while True:
            try:
                return self._task(state, execution)
            except StateError as failure:
                retry = next((item for item in state.get("Retry", []) if failure.error in item["ErrorEquals"]), None)
                kind = str(retry)
                used[kind] = used.get(kind, 0) + 1
                if retry is None or used[kind] > retry["MaxAttempts"]:
                    raise
                pause = retry["IntervalSeconds"] * retry.get("BackoffRate", 2) ** (used[kind] - 1)
                self._account.scheduler.sleep(pause)

    def _task(self, state: State, execution: Execution) -> Any:
        given = filled(state["Parameters"], execution.data) if "Parameters" in state else execution.data
        if state["Resource"].endswith("createModelCustomizationJob.sync"):
            answer = self._job(given)
        else:
            try:
                answer = self._account.functions[state["Resource"]](given)
            except Exception as error:  # as Step Functions names a Lambda's error
                raise StateError(type(error).__name__, str(error)) from None
        self.history.append(json.dumps(answer, default=str))
        return filled(state["ResultSelector"], answer) if "ResultSelector" in state else answer

    def _job(self, given: Mapping[str, Any]) -> Any:
        jobs = self._account.jobs
        try:
            arn = jobs.create(_first_letters(given, str.lower))["jobArn"]
        except Refusal as refusal:
            raise StateError(f"Bedrock.{refusal.code}", refusal.message) from None
        while True:
            described = jobs.get({"jobIdentifier": arn})
            if described["status"] == "Completed":
                return _first_letters(described, str.upper)
            if described["status"] in ("Failed", "Stopped"):
                cause = json.dumps(_first_letters(described, str.upper), default=str)
                raise StateError("States.TaskFailed", cause)
            self._account.scheduler.sleep(POLL_SECONDS)


def _first_letters(value: Any, change: Callable[[str], str], inside: str = "") -> Any:
    if isinstance(value, list):
        return [_first_letters(item, change) for item in value]
    if not isinstance(value, Mapping) or inside.lower() == "hyperparameters":
        return value
    return {change(key[0]) + key[1:]: _first_letters(item, change, key) for key, item in value.items()}


def _date(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
