"""Chains of deploys that run while the other tests do, each in a process of its own.

A deploy keeps one core busy, and so do the other tests: side by side they take half the time. It is a process because
tests change what belongs to the whole of theirs: environment variables, the clock, what `print` writes to.

A scenario is a module of scenarios/ with `world(folder)`, a context manager, and STEPS: name -> function that changes
the world, deploys, and returns what there is then. Steps run in this order. A test names its step with
`@pytest.mark.step(module, name)`, gets what that step returned as `seen`, and asserts. Steps of tests that were not
collected do not run.
"""

import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from kit.cdk_cli import PROJECT
from local_aws import emulator

AT_A_TIME = 2
STEP_SECONDS = 600.0  # with the steps before it, and scenarios that run first


class Scenario:
    """`folder` is the world's; its embedded AWS has its state in `aws` there."""

    def __init__(self, module: str, steps: Iterable[str], folder: Path) -> None:
        self._module, self._folder = module, folder
        self._seen: dict[str, Future[Any]] = {step: Future() for step in steps}
        self._process: subprocess.Popen[bytes] | None = None

    def seen(self, step: str) -> Any:
        """What the step returned. Raises AssertionError with the traceback and the output of a step that failed."""
        try:
            return self._seen[step].result(timeout=STEP_SECONDS)
        except TimeoutError:
            raise AssertionError(f"the step {step!r} did not end; see {self._folder}") from None

    def run(self) -> None:
        """Start its process and read what its steps return, until the end or `stop`."""
        try:
            self._run()
        except Exception as error:
            self._fail(f"{self._module}: {error!r}")
            raise

    def _run(self) -> None:
        self._folder.mkdir(parents=True)
        log = self._folder / "scenario.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "tests.end_to_end.steps", self._module, str(self._folder), *self._seen]
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
            assert self._process.stdout
            with self._process.stdout as answers, suppress(EOFError):
                for step in self._seen:
                    self._answer(step, *pickle.load(answers))
            self._process.wait()
        self._fail(f"no answer; the process ended with {self._process.returncode} and wrote:\n{log.read_text('utf-8')}")

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
        """End its process if it runs, and everything that it started."""
        process = self._process
        if process and process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
        if process:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        emulator.stop(self._folder / "aws")
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
    scenarios = {
        module: Scenario(module, [name for name in sys.modules[module].STEPS if name in names], folder / module)
        for module, names in chosen.items()
    }
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        for scenario in scenarios.values():
            pool.submit(scenario.run)
        yield scenarios
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for scenario in scenarios.values():
            scenario.stop()
        pool.shutdown()
