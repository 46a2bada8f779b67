"""Steps for the test of scenarios themselves: the second fails, the last starts a process and does not return."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def world(folder: Path) -> Iterator[Path]:
    yield folder
    (folder / "left").touch()


def environment(folder: Path) -> dict[str, str]:
    return dict(os.environ)


def fail(folder: Path) -> None:
    print("before the failure")
    raise ValueError("the reason")


def hang(folder: Path) -> None:
    process = subprocess.Popen(["/bin/sleep", "1000"])
    (folder / "pid").write_text(str(process.pid), encoding="utf-8")
    time.sleep(1000)


STEPS: dict[str, Callable[[Path], object]] = {"environment": environment, "fail": fail, "hang": hang}
