"""One run of `make up` for several files of tests, and `make demo-capacity`, read by the last test.

The demo waits for the wall clock most of the time, so it starts first and runs beside `make up`, on an embedded AWS
of its own.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.cdk_cli import PROJECT
from local_aws import emulator
from tests.end_to_end.deployed import STATE, Deployed, run_up


class DemoRun:
    """`state`: its folder; `finished` waits for its end."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "demo-capacity"
        self._output = folder / "output.txt"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "examples.capacity_demo", "--folder", str(folder)],
                cwd=PROJECT,
                env={**os.environ, "CI": "true"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finished(self) -> tuple[int, str]:
        """Exit code and what it printed."""
        code = self.process.wait(timeout=420)
        return code, self._output.read_text(encoding="utf-8")

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=30)
        emulator.stop(self.state)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    run = DemoRun(tmp_path_factory.mktemp("demo"))
    try:
        yield run
    finally:
        run.stop()


@pytest.fixture(scope="session")
def deployed(demo_run: DemoRun) -> Iterator[Deployed]:
    """`demo_run` is started first and looked at later: most of its time it waits."""
    emulator.stop(STATE)
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    try:
        outputs = run_up()
        aws = emulator.running(STATE)
        assert aws
        yield Deployed(outputs, aws)
    finally:
        emulator.stop(STATE)
    assert emulator.running(STATE) is None
