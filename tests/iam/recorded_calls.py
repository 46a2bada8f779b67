"""Records the boto3 calls of the Lambda code while its tests run. tests/conftest.py does it in every run of pytest.

A run without all tests of lambda/ starts one that has them; this module is its plugin:
python -m pytest -p tests.iam.recorded_calls --record-calls FILE tests/customization
"""

import contextlib
import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import botocore.client
import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError, StubResponseError

PROJECT = Path(__file__).resolve().parents[2]
LAMBDA = PROJECT / "lambda"
# Tests of faults and of random orders take minutes and make no calls that the other tests do not make; those of
# described requests are nightly.
SLOW_FILES, SLOW_TESTS = ("fault", "random", "described_requests"), ("week", "dies_anywhere")


@dataclass(frozen=True, order=True)
class Call:
    """`modules` are the files below lambda/ on the call stack, the entry first: ("customization/promotion.py",)."""

    modules: tuple[str, ...]
    service: str
    operation: str


RECORDED: set[Call] = set()
# Those whose parameters botocore checked against its service model and found valid.
VALIDATED: set[Call] = set()


@contextlib.contextmanager
def recording_of(item: pytest.Item) -> Iterator[None]:
    """Record the calls in the block, if `item` is a test of lambda/ and none of the slow ones."""
    if not is_recorded(item.path) or any(word in item.name for word in SLOW_TESTS):
        yield
        return
    client: Any = botocore.client.BaseClient
    before = client._make_api_call
    record_calls()
    try:
        yield
    finally:
        client._make_api_call = before


def is_recorded(path: Path) -> bool:
    """Whether the file has tests of lambda/, none of the slow ones."""
    return not any(word in path.name for word in SLOW_FILES) and any(map(path.is_relative_to, _folders()))


def calls_of_lambda_tests(session: pytest.Session, file: Path) -> tuple[set[Call], set[Call]]:
    """RECORDED and VALIDATED of this run if it has every test of lambda/, or of one with all of them."""
    if _has_all(session):
        return set(RECORDED), set(VALIDATED)
    plugin = ["-p", "tests.iam.recorded_calls", "--record-calls", str(file), "-p", "no:cacheprovider"]
    slow = [f"--ignore-glob=*{word}*" for word in SLOW_FILES]
    slow += ["-k", " and ".join(f"not {word}" for word in SLOW_TESTS)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *slow, *map(str, _folders())],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"tests of lambda/ fail:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    recorded, validated = json.loads(file.read_text(encoding="utf-8"))
    return _from_json(recorded), _from_json(validated)


@functools.cache
def _folders() -> tuple[Path, ...]:
    """Of the tests of each package in lambda/."""
    return tuple(PROJECT / "tests" / path.parent.name for path in sorted(LAMBDA.glob("*/__init__.py")))


def _has_all(session: pytest.Session) -> bool:
    """They ran before: tests/conftest.py puts the tests that look at the calls last."""
    files = {file for folder in _folders() for file in folder.rglob("test_*.py") if is_recorded(file)}
    return files <= {item.path for item in session.items} and not session.config.getoption("keyword")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-calls", type=Path, help="write the boto3 calls of the Lambda code to this file")


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
