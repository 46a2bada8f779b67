"""One run of `make up` for several files of tests, and `make demo-capacity`, read by the last test.

The demo waits for the wall clock most of the time, so it starts first and runs beside `make up`, on an embedded AWS
of its own.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit_contract.places import PROJECT
from local_aws import emulator
from tests.end_to_end.deployed import STATE, Deployed, run_up
from tests.hostile_environment import HOSTILE


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
def deployed(demo_run: DemoRun) -> Iterator[Deployed]:
    """`demo_run` is started first and looked at later: most of its time it waits."""
    emulator.stop(STATE)
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in HOSTILE.items():
                patch.setenv(name, value)
            outputs = run_up()
        aws = emulator.running(STATE)
        assert aws
        yield Deployed(outputs, aws)
    finally:
        emulator.stop(STATE)
    assert emulator.running(STATE) is None
