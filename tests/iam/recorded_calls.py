"""Records the boto3 calls of the Lambda code while its tests run: a pytest plugin, and the run that uses it.

python -m pytest -p tests.iam.recorded_calls --record-calls FILE tests/customization
"""

import functools
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import botocore.client
import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError, StubResponseError

PROJECT = Path(__file__).resolve().parents[2]
LAMBDA = PROJECT / "lambda"
# Tests of faults and of random orders take minutes and make no calls that the other tests do not make.
SLOW = ("--ignore-glob=*fault*", "--ignore-glob=*random*", "-k", "not week and not dies_anywhere")


@dataclass(frozen=True, order=True)
class Call:
    """`modules` are the files below lambda/ on the call stack, the entry first: ("customization/promotion.py",)."""

    modules: tuple[str, ...]
    service: str
    operation: str


RECORDED: set[Call] = set()
# Those whose parameters botocore checked against its service model and found valid.
VALIDATED: set[Call] = set()


def calls_of_lambda_tests(file: Path) -> tuple[set[Call], set[Call]]:
    """Run the tests of all packages in lambda/ with this plugin. Returns RECORDED and VALIDATED of that run."""
    packages = [f"tests/{path.parent.name}" for path in sorted(LAMBDA.glob("*/__init__.py"))]
    plugin = ["-p", "tests.iam.recorded_calls", "--record-calls", str(file), "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *SLOW, *packages],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"tests of lambda/ fail:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    recorded, validated = json.loads(file.read_text(encoding="utf-8"))
    return _from_json(recorded), _from_json(validated)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-calls", type=Path, help="write the boto3 calls of the Lambda code to this file")


def pytest_configure() -> None:
    record_calls()


def pytest_sessionfinish(session: pytest.Session) -> None:
    calls = [[asdict(call) for call in sorted(found)] for found in (RECORDED, VALIDATED)]
    session.config.getoption("--record-calls").write_text(json.dumps(calls), encoding="utf-8")


def record_calls() -> None:
    """Wrap the method of botocore that stubbed and real clients call before they validate parameters."""
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
        except (ParamValidationError, StubResponseError):  # a stub without a response raises before it validates
            validated = False
            raise
        finally:
            if validated:
                VALIDATED.add(call)

    client._make_api_call = recording


def note_validated(service: str, operation_name: str) -> None:
    """Record a call of a client that validates parameters itself and does not use botocore's method."""
    modules = _lambda_modules()
    if modules:
        VALIDATED.add(Call(modules, service, xform_name(operation_name)))


def _from_json(calls: list[dict[str, Any]]) -> set[Call]:
    return {Call(**{**call, "modules": tuple(call["modules"])}) for call in calls}


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
