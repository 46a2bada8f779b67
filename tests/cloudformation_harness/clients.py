"""boto3 clients whose calls go to the fakes: parameters and answers checked by botocore's model, errors botocore's own.

`_make_api_call` of a real client is replaced, so that paginators, exception classes and method names are the real
ones. botocore's retries happen below that method; here they follow the client's own configuration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ParamValidationError
from botocore.validate import ParamValidator

from tests.cloudformation_harness.refusals import Refusal
from tests.iam.recorded_calls import note_validated

RETRIED = {"ThrottlingException", "InternalServerException", "ServiceUnavailableException", "TooManyRequestsException"}
LATENCY_SECONDS = 0.05


@dataclass(frozen=True)
class Call:
    service: str
    operation: str
    parameters: Mapping[str, Any]
    process: str
    moment: float

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


@dataclass(frozen=True)
class Fault:
    """What happens to one call: it takes `seconds`; `when` says before or after its effect; `code` is an error's.

    kind: "error" (refused with `code`), "lost" (took effect, the answer did not arrive), "kill" (the process dies).
    """

    kind: str = "slow"
    code: str = ""
    seconds: float = 0.0
    after: bool = False
    message: str = "the fault says no"


Plan = Callable[[Call], Fault | None]


class Surroundings(Protocol):
    """What a client needs from the world (world.py)."""

    calls: list[Call]
    plan: Plan

    def serve(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]: ...

    def sleep(self, seconds: float) -> None: ...

    def die(self) -> None: ...

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Call: ...


class Session:
    """Stands in for boto3.Session; `boto3` itself stands in for the module, see World.boto3."""

    def __init__(self, world: Surroundings) -> None:
        self._world = world

    def client(self, service: str, config: Config | None = None) -> Any:
        retries = getattr(config, "retries", None) or {}
        attempts = int(retries.get("total_max_attempts", 5))
        return Routed(self._world, service, attempts)


class Routed:
    """A view of the one real client of a service that routes its calls to a world."""

    def __init__(self, world: Surroundings, service: str, attempts: int) -> None:
        self._world, self._service, self._attempts = world, service, attempts
        self._client = _real_client(service)
        self.exceptions = self._client.exceptions

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = self._client.meta.method_to_api_mapping[method]
        return lambda **parameters: self._call(operation, parameters)

    def get_paginator(self, method: str) -> Any:
        paginator = self._client.get_paginator(method)
        paginator._method = getattr(self, method)
        return paginator

    def _call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        model = self._client.meta.service_model.operation_model(operation)
        _validate(parameters, model.input_shape)
        note_validated(self._service, operation)
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                return self._attempt(operation, parameters, model.output_shape)
            except Refusal as refusal:
                if last or refusal.code not in RETRIED:
                    raise self._error(refusal, operation) from None
            except ConnectionClosedError:
                if last:
                    raise
            self._world.sleep(0.5 * 2 ** (attempt - 1))
        raise AssertionError("no attempt was the last")

    def _attempt(self, operation: str, parameters: dict[str, Any], output: Any) -> dict[str, Any]:
        world, name = self._world, xform_name(operation)
        call = world.call(self._service, name, parameters)
        fault = world.plan(call) or Fault()
        if fault.kind == "kill" and not fault.after:
            world.die()
        world.sleep(LATENCY_SECONDS + fault.seconds)
        if fault.kind == "error":
            raise Refusal(fault.code, fault.message)
        answer = world.serve(self._service, name, parameters)
        if fault.kind == "kill":
            world.die()
        if fault.kind == "lost":
            raise ConnectionClosedError(endpoint_url="https://aws.example")
        if output is not None and self._service not in ("s3", "lambda"):
            _validate(answer, output)
        return answer

    def _error(self, refusal: Refusal, operation: str) -> Exception:
        kind = self._client.exceptions.from_code(refusal.code)
        error: Exception = kind({"Error": {"Code": refusal.code, "Message": refusal.message}}, operation)
        return error


def _validate(values: Mapping[str, Any], shape: Any) -> None:
    report = ParamValidator().validate(values, shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())


@cache
def _real_client(service: str) -> Any:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    return session.client(service)
