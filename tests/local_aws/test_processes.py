"""An embedded AWS is found and stopped by what it runs, whatever was deleted under it."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit_contract.places import PROJECT
from local_aws import emulator, processes


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "my état" / "aws"
    yield folder
    emulator.stop(folder)


def exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def stop_all(folder: Path) -> str:
    """What `make down` prints without a virtual environment: -S leaves the standard library only."""
    command = [sys.executable, "-S", "-m", "local_aws.processes", str(folder)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout


def test_one_whose_folder_was_removed_is_stopped(state: Path) -> None:
    aws = emulator.start(state)
    shutil.rmtree(state.parent)

    assert stop_all(state.parent.parent / "my") == "nothing was running\n"
    assert processes.launchers(state) == {aws.pid}
    reaping = threading.Thread(target=os.waitpid, args=(aws.pid, 0))  # as the shell does for `make up`
    reaping.start()
    assert stop_all(state.parent.parent) == "the embedded AWS is stopped; nothing is left running\n"
    reaping.join()
    assert not exists(aws.pid)


def test_a_start_replaces_one_whose_folder_was_removed(state: Path) -> None:
    first = emulator.start(state)
    shutil.rmtree(state)
    second = emulator.start(state)

    assert not exists(first.pid)
    assert processes.groups(state) == {second.pid}


@pytest.mark.parametrize(
    "command",
    [
        "grep -m local_aws.extension.launcher {}",
        "python3 -m local_aws.extension.launcher",
        "less {}/tmp/ministack-lambda-worker/_worker.py",
    ],
)
def test_a_command_that_names_the_folder_is_not_one_of_them(
    state: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    table = [processes.Process(7, 7, command.format(state))]
    monkeypatch.setattr(processes, "_processes", lambda: table)

    assert processes.groups(state) == set()
