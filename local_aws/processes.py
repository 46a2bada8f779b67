"""Finds and ends the processes of an embedded AWS by what they run: a lost file or folder hides none of them.

`python -m local_aws.processes FOLDER` stops each one whose state is in or below FOLDER. It needs the standard library
only, so `make down` and `make clean` work without the virtual environment.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

LAUNCHER = "local_aws.extension.launcher"
COMMAND = re.compile(rf"\S*python[\d.]* -m {re.escape(LAUNCHER)} (?P<state>.+)", re.IGNORECASE)


class Process(NamedTuple):
    """A process that has not ended."""

    pid: int
    group: int
    command: str


def launchers(folder: Path) -> set[int]:
    """The process ids of those whose state is in or below `folder`. Each leads a process group of its own."""
    return {process.pid for process in _processes() if _is_launcher(process, folder.resolve())}


def groups(folder: Path) -> set[int]:
    """The process groups of `launchers`, and of Lambda workers and databases that outlived their launcher."""
    processes, root = _processes(), folder.resolve()
    living = {process.pid for process in processes}
    worker = re.compile(rf"{re.escape(str(root))}/(.+/)?(tmp/ministack-lambda-|postgres/)")
    return {
        process.group
        for process in processes
        if _is_launcher(process, root) or (process.group not in living and worker.search(process.command))
    }


def end(group: int) -> None:
    """Ask the processes of a group to end; kill those that are left after five seconds, and workers at once."""
    _signal(group, signal.SIGTERM)
    _wait(lambda: all(process.pid != group for process in _processes()), seconds=5)
    _signal(group, signal.SIGKILL)
    _reap(group)
    # Three seconds at most: where nobody reaps orphans, the group never goes.
    _wait(lambda: not _signal(group, 0), seconds=3)


def _is_launcher(process: Process, root: Path) -> bool:
    match = COMMAND.search(process.command)
    return bool(match and Path(match["state"]).is_relative_to(root))


def _processes() -> list[Process]:
    done = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,pgid=,stat=,command="],
        env={**os.environ, "LC_ALL": "C.UTF-8"},  # in the C locale `ps` replaces what is not ASCII
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    rows = [line.split(maxsplit=3) for line in done.stdout.splitlines()]
    return [Process(int(row[0]), int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")]


def _signal(group: int, number: int) -> bool:
    """Whether the group exists."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _wait(done: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def main() -> None:
    found = groups(Path(sys.argv[1]))
    for group in found:
        end(group)
    print("the embedded AWS is stopped; nothing is left running" if found else "nothing was running")


if __name__ == "__main__":
    main()
