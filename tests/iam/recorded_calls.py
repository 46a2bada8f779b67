"""Every boto3 call that the Lambda code makes while the tests run: modules, service, operation."""

import functools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.client
from botocore import xform_name
from botocore.exceptions import ParamValidationError, StubResponseError

LAMBDA = Path(__file__).resolve().parent.parent.parent / "lambda"


@dataclass(frozen=True, order=True)
class Call:
    """`modules` are the files under lambda/ on the call stack, the entry first: ("customization/promotion.py",)."""

    modules: tuple[str, ...]
    service: str
    operation: str


RECORDED: set[Call] = set()
# Those of RECORDED whose parameters botocore held against its model and found valid.
VALIDATED: set[Call] = set()


def record_calls() -> None:
    """Wrap botocore's one way to a request: stubbed and real clients alike pass through it, before validation."""
    client: Any = botocore.client.BaseClient
    make_api_call = client._make_api_call

    def recording(self: Any, operation_name: str, api_params: Any) -> Any:
        modules = _lambda_modules()
        if not modules:
            return make_api_call(self, operation_name, api_params)
        call = Call(modules, str(self.meta.service_model.service_name), xform_name(operation_name))
        RECORDED.add(call)
        validated = self.meta.config.parameter_validation is True
        try:
            return make_api_call(self, operation_name, api_params)
        except (ParamValidationError, StubResponseError):  # a stub that was not asked for this never came to the model
            validated = False
            raise
        finally:
            if validated:
                VALIDATED.add(call)

    client._make_api_call = recording


def note_validated(service: str, operation_name: str) -> None:
    """For a client that does not pass through botocore's way to a request, and has held the parameters to its model."""
    modules = _lambda_modules()
    if modules:
        VALIDATED.add(Call(modules, service, xform_name(operation_name)))


def _lambda_modules() -> tuple[str, ...]:
    modules: list[str] = []
    frame = sys._getframe(2)
    while frame is not None:
        name = _module(frame.f_code.co_filename)
        if name and name not in modules:
            modules.append(name)
        frame = frame.f_back  # type: ignore[assignment]
    return tuple(reversed(modules))


@functools.cache  # asked for every frame of every call
def _module(file: str) -> str:
    path = Path(file)
    return path.relative_to(LAMBDA).as_posix() if path.is_relative_to(LAMBDA) else ""
