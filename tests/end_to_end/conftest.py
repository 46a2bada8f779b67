"""Scenarios, one of which is a `make up` for several files of tests, and `make demo-capacity`, read by the last test.

The demo waits for the wall clock most of the time, so it starts first and runs beside `make up`, on an embedded AWS
of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from kit_contract.places import PROJECT
from local_aws import emulator
from tests.end_to_end.background import Scenario, running, step_of
from tests.end_to_end.deployed import Deployed
from tests.end_to_end.scenarios import make_up
from tests.hostile_environment import HOSTILE

SCENARIOS = pytest.StashKey[dict[str, Scenario]]()
LAST_USER = pytest.StashKey[pytest.Item]()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Start the scenarios before the first test, whichever it is, and stop them whatever happens."""
    users = [item for item in session.items if "deployed" in getattr(item, "fixturenames", ())]
    steps = [(make_up.__name__, "up")] if users else []
    steps += [step for item in session.items if (step := step_of(item))]
    if session.config.option.collectonly:
        return (yield)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, running(steps, Path(folder)) as scenarios:
        session.config.stash[SCENARIOS] = scenarios
        if users:
            session.config.stash[LAST_USER] = users[-1]
        elif make_up.__name__ in scenarios:
            scenarios[make_up.__name__].release()
        return (yield)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """The deployment of `make up` is destroyed once no test uses it."""
    if item is item.config.stash.get(LAST_USER, None):
        item.config.stash[SCENARIOS][make_up.__name__].release()


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Any:
    """What the step of the test returned."""
    step = step_of(request.node)
    assert step, "a test that asks for `seen` has a step marker"
    module, name = step
    return request.config.stash[SCENARIOS][module].seen(name)


class DemoRun:
    """`state`: its folder; `lines`: when it printed what; `finished` waits for its end."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "demo-capacity"
        self.lines: list[tuple[float, str]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "examples.capacity_demo", "--folder", str(folder)],
            cwd=PROJECT,
            env={**os.environ, **HOSTILE, "PYTHONIOENCODING": "utf-8", "CI": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            self.lines += ((time.monotonic(), line) for line in output)

    def finished(self) -> tuple[int, str]:
        """Exit code and what it printed."""
        code = self.process.wait(timeout=420)
        self._reader.join(timeout=30)
        return code, "".join(line for _, line in self.lines)

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=30)
        self._reader.join(timeout=30)
        emulator.stop(self.state)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    run = DemoRun(tmp_path_factory.mktemp("demo"))
    try:
        yield run
    finally:
        run.stop()


@pytest.fixture(scope="session")
def deployed(demo_run: DemoRun, request: pytest.FixtureRequest) -> Deployed:
    """`demo_run` is started first and looked at later: most of its time it waits."""
    scenario = request.config.stash[SCENARIOS][make_up.__name__]
    outputs = scenario.seen("up")
    scenario.wait()
    aws = emulator.running(scenario.state)
    assert aws
    return Deployed(outputs, aws)
