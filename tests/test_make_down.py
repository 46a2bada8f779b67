"""`make down` and `make clean` find a running embedded AWS by what it is, whatever was deleted under it."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from local_aws import emulator, processes

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("kit", "kit_contract", "local_aws", "deployment", "model_catalog", "training_data", "billed_resources")
STOPPED = "the embedded AWS is stopped; nothing is left running\n"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of the project, because its commands act on the folder of their own source."""
    for room in ROOMS:
        shutil.copytree(PROJECT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    yield tmp_path
    for group in processes.groups(tmp_path):
        processes.end(group)


def make(project: Path, target: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", target, f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=project, env=kept, capture_output=True, text=True, check=True).stdout


def reap(pid: int) -> None:
    """As init does once `make up` has ended."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)


@pytest.mark.parametrize(
    ("removed", "target"),
    [
        ((".venv",), "down"),
        ((".venv",), "clean"),
        ((".local",), "down"),
        ((".venv", ".local"), "clean"),
    ],
)
def test_a_running_one_is_stopped_whatever_was_removed(project: Path, removed: tuple[str, ...], target: str) -> None:
    aws = emulator.start(project / ".local" / "aws")
    ended = threading.Thread(target=reap, args=(aws.pid,))
    ended.start()
    for name in removed:
        remove(project / name)

    assert make(project, target) == STOPPED

    ended.join(timeout=10)
    assert processes.groups(project) == set()
    if target == "down":
        assert make(project, target) == "nothing was running\n"
    assert (PROJECT / ".venv" / "complete").exists()
