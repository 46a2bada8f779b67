"""Finds and stops the launcher and its Lambda workers: one process group, led by the launcher."""

import os
import signal
import subprocess
import time

GRACE_SECONDS = 5.0
KILLED_SECONDS = 3.0


def runs(pid: int, command: str) -> bool:
    """Whether the process runs `command`. The operating system may have given the id to another program."""
    done = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return command in done.stdout and not done.stdout.strip().startswith("Z")


def stop(pid: int, command: str, worker_folder: str) -> None:
    """End the process group of the launcher, unless the id belongs to another program now."""
    if not runs(pid, command) and not _has_orphans(pid, worker_folder):
        return
    _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while runs(pid, command) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal_group(pid, signal.SIGKILL)
    _reap(pid)
    _wait_until_gone(pid)


def _has_orphans(group: int, worker_folder: str) -> bool:
    """Whether Lambda workers outlived their launcher. They run from the state folder, in its process group."""
    done = subprocess.run(["ps", "-A", "-ww", "-o", "pgid=,command="], capture_output=True, text=True, check=False)
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    return any(len(row) == 2 and row[0] == str(group) and worker_folder in row[1] for row in rows)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def _wait_until_gone(group: int) -> None:
    """Wait until the killed workers have ended; not for long, as some containers never reap orphans."""
    deadline = time.monotonic() + KILLED_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.01)
