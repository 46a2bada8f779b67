"""Chains of deploys that run while the other tests do, each in a process of its own.

A deploy keeps one core busy, and so do the other tests: side by side they take half the time. It is a process because
tests change what belongs to the whole of theirs: environment variables, the clock, what `print` writes to.

A scenario is a module of scenarios/ with `world(folder)`, a context manager, and STEPS: name -> function that changes
the world, deploys, and returns what there is then. Steps run in this order. A test names its step with
`@pytest.mark.step(module, name)`, gets what that step returned as `seen`, and asserts. Steps of tests that were not
collected do not run. Those in the module's LAST wait until no other test uses the deployment.
"""

import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from kit_contract.places import PROJECT
from local_aws import emulator

AT_A_TIME = 1
LOG = "scenario.log"
STEP_SECONDS = 900.0  # with the steps before it, and scenarios that run first


class Scenario:
    """`folder` is the world's; its embedded AWS has its state in `aws` there."""

    def __init__(self, module: str, steps: Iterable[str], folder: Path, turn: threading.Semaphore) -> None:
        self.state = folder / "aws"
        self._module, self._folder, self._turn = module, folder, turn
        self._seen: dict[str, Future[Any]] = {step: Future() for step in steps}
        self._last: frozenset[str] = getattr(sys.modules[module], "LAST", frozenset())
        self._unused, self._stopped, self._starting = threading.Event(), False, threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name=module)

    def start(self) -> None:
        self._thread.start()

    def seen(self, step: str) -> Any:
        """What the step returned. Raises AssertionError with the traceback and the output of a step that failed."""
        try:
            return self._seen[step].result(timeout=STEP_SECONDS)
        except TimeoutError:
            raise AssertionError(f"the step {step!r} did not end; see {self._folder}") from None

    def wait(self) -> None:
        """Until only the last steps are left: a test may use the deployment."""
        wait([future for step, future in self._seen.items() if step not in self._last], timeout=STEP_SECONDS)

    def release(self) -> None:
        """No test uses the deployment any more."""
        self._unused.set()

    def _run(self) -> None:
        try:
            with self._turn:
                self._run_steps()
        except Exception as error:
            self._fail(f"{self._module}: {error!r}")

    def _run_steps(self) -> None:
        process = self._process_of_steps()
        if process is None:
            return self._fail("stopped before it began")
        assert process.stdin
        assert process.stdout
        with suppress(EOFError, BrokenPipeError), process.stdout as answers, process.stdin as asked:
            for step in self._seen:
                self._wait_for_last(step)
                asked.write(f"{step}\n".encode())
                asked.flush()
                self._answer(step, *pickle.load(answers))
        process.wait()
        log = (self._folder / LOG).read_text(encoding="utf-8")
        self._fail(f"no answer; the process ended with {process.returncode} and wrote:\n{log}")

    def _process_of_steps(self) -> subprocess.Popen[bytes] | None:
        """None after `stop`."""
        self._folder.mkdir(parents=True)
        with self._starting, (self._folder / LOG).open("wb") as log:
            if not self._stopped:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "tests.end_to_end.steps", self._module, str(self._folder)],
                    cwd=PROJECT,
                    env=environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
            return self._process

    def _wait_for_last(self, step: str) -> None:
        if step in self._last and not self._unused.is_set():
            self._turn.release()
            self._unused.wait()
            self._turn.acquire()

    def _answer(self, step: str, returned: object, failure: str | None) -> None:
        if failure is None:
            self._seen[step].set_result(returned)
        else:
            self._seen[step].set_exception(AssertionError(failure))
            self._fail(f"not run: the step {step!r} before it failed")

    def _fail(self, why: str) -> None:
        for future in self._seen.values():
            if not future.done():
                future.set_exception(AssertionError(why))

    def stop(self) -> None:
        """End its process if it runs, and what that started."""
        with self._starting:
            self._stopped = True
        self._unused.set()
        process = self._process
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def clean(self) -> None:
        """After all were stopped: until then this one may wait for its turn."""
        self._thread.join()
        emulator.stop(self.state)
        shutil.rmtree(self._folder, ignore_errors=True)


def environment() -> dict[str, str]:
    """This one, without the variables for AWS of your shell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"AWS_EC2_METADATA_DISABLED": "true"}


def step_of(item: pytest.Item) -> tuple[str, str] | None:
    """Module and name of the step that the test looks at."""
    marker = item.get_closest_marker("step")
    if marker is None:
        return None
    module, name = marker.args
    assert name in module.STEPS, f"{item.nodeid}: {module.__name__} has no step {name!r}"
    return module.__name__, name


@contextmanager
def running(steps: Iterable[tuple[Any, str]], folder: Path) -> Iterator[dict[str, Scenario]]:
    """Scenarios by module, begun in the order of their first tests."""
    chosen: dict[str, list[str]] = {}
    for module, name in steps:
        chosen.setdefault(module, []).append(name)
    turn = threading.Semaphore(AT_A_TIME)
    scenarios = {
        module: Scenario(module, [name for name in sys.modules[module].STEPS if name in names], folder / module, turn)
        for module, names in chosen.items()
    }
    try:
        for scenario in scenarios.values():
            scenario.start()
        yield scenarios
    finally:
        for scenario in reversed(scenarios.values()):  # those that wait for their turn do not get it
            scenario.stop()
        for scenario in scenarios.values():
            scenario.clean()
