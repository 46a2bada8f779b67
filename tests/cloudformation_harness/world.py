"""One account on a virtual clock: fake services, Lambda's asynchronous queue, ResponseURLs, the log."""

import json
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import SimpleNamespace
from typing import Any
from unittest import mock

from custom_resources import handler
from custom_resources.framework import answer
from tests.cloudformation_harness.bedrock import Bedrock
from tests.cloudformation_harness.clients import Call, Fault, Plan, Session
from tests.cloudformation_harness.dynamodb import DynamoDB
from tests.cloudformation_harness.jobs import Job, Jobs
from tests.cloudformation_harness.postgres import Postgres
from tests.cloudformation_harness.quotas import ServiceQuotas
from tests.cloudformation_harness.refusals import Refusal
from tests.cloudformation_harness.step_functions import StepFunctions
from tests.cloudformation_harness.storage import Objects, Parameters
from tests.cloudformation_harness.virtual_time import KilledError, Process, Scheduler

FUNCTION_ARN = "arn:aws:lambda:us-east-1:111122223333:function:custom-resources"
RETRY_DELAYS = (60.0, 120.0)
TIMEOUT_SECONDS = 900.0
MAX_EVENT_AGE = 3600.0
Receive = Callable[[str, bytes], int]


@dataclass
class Invocation:
    """One event in Lambda's queue, with every attempt at it."""

    event: Mapping[str, Any]
    request_id: str
    queued: float
    attempts: list[Process] = field(default_factory=list)


class World:
    """`put_plan` decides about a PUT to a ResponseURL: None delivers it, a status or an error refuses it."""

    def __init__(self, *, choose: Callable[[int], int] = lambda count: 0) -> None:
        self.scheduler = Scheduler(choose=choose)
        self.bedrock = Bedrock(lambda: self.scheduler.now)
        self.dynamodb = DynamoDB()
        self.jobs = Jobs(lambda: self.scheduler.now)
        self.jobs.completed = self._model_made
        self.bedrock.jobs = self.jobs
        self.stepfunctions = StepFunctions(self)
        self.ssm = Parameters()
        self.s3 = Objects()
        self.bedrock_agent = SimpleNamespace(list_ingestion_jobs=lambda _: {"ingestionJobSummaries": []})
        self.opensearchserverless = SimpleNamespace(delete_index=_no_index, get_index=_no_index)
        self.postgres = self.rds_data = self.secretsmanager = Postgres()
        self.service_quotas = ServiceQuotas(self.bedrock.settings)
        self.functions: dict[str, Callable[[Any], Any]] = {}
        self.calls: list[Call] = []
        self.plan: Plan = lambda call: None
        self.put_plan: Callable[[int], int | Exception | None] = lambda count: None
        self.receive: Receive = lambda url, body: 404
        self.puts = 0
        self.log: list[str] = []
        self.log_stream = _Lines(self.log)
        self.invocations: list[Invocation] = []
        self.timeout = TIMEOUT_SECONDS
        self._ids = 0

    # What the clients need

    def serve(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if service == "lambda":
            return self._invoke(parameters)
        fake: Any = getattr(self, service.replace("-", "_"))
        result: dict[str, Any] = getattr(fake, operation)(parameters)
        return result

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Call:
        call = Call(service, operation, parameters, self.scheduler.current.name, self.scheduler.now)
        self.calls.append(call)
        return call

    def sleep(self, seconds: float) -> None:
        self.scheduler.sleep(seconds)

    def die(self) -> None:
        self.scheduler.current.dies_at = self.scheduler.now
        raise KilledError

    # Lambda

    def invoke_async(self, event: Mapping[str, Any], *, delay: float = 0.0) -> Invocation:
        self._ids += 1
        identity = str(uuid.UUID(int=self._ids))
        invocation = Invocation(json.loads(json.dumps(event)), identity, self.scheduler.now)
        self.invocations.append(invocation)
        self._attempt(invocation, delay)
        return invocation

    def _attempt(self, invocation: Invocation, delay: float) -> None:
        name = f"{invocation.event['RequestType']}-{invocation.request_id[-4:]}"
        invocation.attempts.append(self.scheduler.spawn(lambda: self._run(invocation), name, delay=delay))

    def _run(self, invocation: Invocation) -> None:
        process = self.scheduler.current
        process.dies_at = min(process.dies_at, self.scheduler.now + self.timeout)
        context = SimpleNamespace(
            aws_request_id=invocation.request_id,
            invoked_function_arn=FUNCTION_ARN,
            get_remaining_time_in_millis=lambda: int((process.dies_at - self.scheduler.now) * 1000),
        )
        try:
            handler.handle(invocation.event, context)
        except KilledError:
            self._after_failure(invocation)
            raise
        except Exception:
            self.log.append(traceback.format_exc())  # as the runtime does
            self._after_failure(invocation)

    def _after_failure(self, invocation: Invocation) -> None:
        """The queue survives the process."""
        failures = len(invocation.attempts)
        age = self.scheduler.now - invocation.queued
        if failures <= len(RETRY_DELAYS) and age + RETRY_DELAYS[failures - 1] < MAX_EVENT_AGE:
            self._attempt(invocation, RETRY_DELAYS[failures - 1])

    def _invoke(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        event = json.loads(parameters["Payload"])
        if parameters["InvocationType"] == "Event":
            assert parameters["FunctionName"] == FUNCTION_ARN
            self.invoke_async(event)
            return {"StatusCode": 202}
        if parameters["FunctionName"] not in self.functions:
            raise Refusal("ResourceNotFoundException", "the function is gone")
        try:
            body, more = self.functions[parameters["FunctionName"]](event), {}
        except Exception as error:  # as the runtime answers
            self.log.append(traceback.format_exc())
            body, more = {"errorMessage": str(error), "errorType": type(error).__name__}, {"FunctionError": "Unhandled"}
        content = json.dumps(body).encode()
        return {"StatusCode": 200, "Payload": mock.Mock(read=lambda: content), **more}

    def _model_made(self, job: Job) -> None:
        self.bedrock.models.setdefault(self.jobs.model_arn(job), job.ends)

    # Answers

    def put_once(self, url: str, body: bytes) -> int:
        self.puts += 1
        self.sleep(0.05)
        fate = self.put_plan(self.puts)
        if isinstance(fate, Exception):
            raise fate
        return self.receive(url, body) if fate is None else fate

    @contextmanager
    def installed(self) -> Iterator["World"]:
        """The handler uses this world's clients, clocks, ResponseURLs and log."""
        environ = {"AWS_REGION": "us-east-1", "LEASES_TABLE": "leases", "LONGEST_PAUSE_SECONDS": "40"}
        with (
            mock.patch.object(handler, "boto3", SimpleNamespace(Session=lambda: Session(self))),
            mock.patch.object(handler, "time", self.scheduler.time_module()),
            mock.patch.object(handler, "signal", self.scheduler.signal_module()),
            mock.patch.object(handler, "sys", SimpleNamespace(stderr=self.log_stream)),
            mock.patch.object(handler, "os", SimpleNamespace(environ=environ)),
            mock.patch.object(answer, "put_once", self.put_once),
            mock.patch("custom_resources.provisioned_throughput.resource.datetime", self.dates()),
        ):
            yield self

    def dates(self) -> type[datetime]:
        """What code under test knows as `datetime`."""
        clock = self.scheduler

        class Virtual(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Virtual":
                return cls.fromtimestamp(clock.now, tz)

        return Virtual


class _Lines:
    """What print writes to."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, text: str) -> int:
        if text.strip():
            self._lines.append(text)
        return len(text)


def kill_at(name: str, *, times: int = 1, after: bool = False) -> Plan:
    """The process dies at the first `times` calls of `name` ("bedrock.create_...")."""
    return fault_at(name, Fault("kill", after=after), times=times)


def fault_at(name: str, fault: Fault, *, times: int = 1) -> Plan:
    left = [times]

    def plan(call: Call) -> Fault | None:
        if call.name != name or left[0] == 0:
            return None
        left[0] -= 1
        return fault

    return plan


def _no_index(_: Mapping[str, Any]) -> dict[str, Any]:
    raise Refusal("ResourceNotFoundException", "the index is not there")
