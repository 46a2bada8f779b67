"""Fixtures of all tests: they see no AWS variables of your shell and reach loopback addresses only."""

import gc
import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.iam.recorded_calls import recording_of

os.environ.setdefault("CDK_VALIDATION", "false")
# Without make there may be no Node on PATH, or an old one.
os.environ.setdefault("JSII_NODE", str(Path(__file__).resolve().parent.parent / ".venv" / "bin" / "node"))
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).resolve().parent.parent / ".local" / "hypothesis")
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
gc.disable()  # until the tests are imported: half of that time otherwise


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run last what looks at the boto3 calls of other tests, at the steps of a scenario, and test_capacity_demo.py.

    The demo starts with the end-to-end tests and waits while the others run.
    """
    items.sort(key=lambda item: "tests/iam/" in item.nodeid and "calls" in getattr(item, "fixturenames", ()))
    items.sort(key=lambda item: item.get_closest_marker("step") is not None)
    items.sort(key=lambda item: "tests/end_to_end/test_capacity_demo.py" in item.nodeid)


def pytest_collection_finish() -> None:
    """What is imported stays: no later collection of garbage looks at it, those of the tests included."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Record the boto3 calls of the tests of lambda/, for tests/iam."""
    with recording_of(item):
        return (yield)


@pytest.fixture(autouse=True, scope="session")
def _clean_environment() -> Iterator[None]:
    kept = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    yield
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}; only loopback is allowed")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
