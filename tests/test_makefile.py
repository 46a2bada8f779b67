"""`make setup` completes what is missing, refuses a Python that cannot work in one line, and ends quietly on Ctrl-C."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.hostile_environment import BEFORE_PYTHON
from tests.signals import sigint_delivered

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = (".venv", ".local/emulator-venv", "node_modules")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the Makefile, and set-up done as far as `make` can tell."""
    files = (
        "Makefile package-lock.json requirements.txt requirements-dev.txt requirements-setup.txt"
        " local_aws/requirements.txt"
    )
    for name in files.split():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    for name in ENVIRONMENTS:
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin" / "python").touch()
        (tmp_path / name / "complete").touch()
    return tmp_path


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def make(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "setup", *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_a_complete_set_up_is_left_alone(project: Path) -> None:
    assert make(project, "--question").returncode == 0


@pytest.mark.parametrize("missing", [*ENVIRONMENTS, ".local", ".local/emulator-venv/complete", ".venv/bin/python"])
def test_a_missing_or_incomplete_environment_is_set_up_again(project: Path, missing: str) -> None:
    path = project / missing
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()

    assert make(project, "--question").returncode == 1


def test_an_environment_whose_interpreter_was_removed_is_set_up_again(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python3")

    assert make(project, "--question").returncode == 1


@pytest.mark.parametrize(
    ("python", "reason"),
    [
        ("echo Python 3.10.4; exit 1", "Python 3.11 or newer is needed, {} is Python 3.10.4; name another one"),
        ('case "$2" in *ensurepip*) exit 1; esac', "{} cannot make virtual environments; install its venv package"),
    ],
)
def test_a_python_that_cannot_work_is_refused_in_one_line(project: Path, python: str, reason: str) -> None:
    shutil.rmtree(project / ".venv")
    path = script(project, "python", python)

    done = make(project, f"PYTHON={path}")

    assert reason.format(path) in done.stderr
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (2, 1, "")


def test_a_python_that_is_not_there_is_refused_in_one_line(project: Path) -> None:
    shutil.rmtree(project / ".venv")

    done = make(project, "PYTHON=/nonexistent/python3")

    assert "/nonexistent/python3 was not found; install Python 3.11 or newer" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupted_set_up_ends_without_a_traceback_and_is_not_complete(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    interrupted = "echo Traceback >&2; trap - INT; kill -INT $$"
    path = script(
        project,
        "python",
        f"[ $1 = -m ] || exit 0\ntrap '{interrupted}' INT\ntouch started\nwhile :; do sleep 0.02; done",
    )
    with sigint_delivered():
        run = subprocess.Popen(
            ["make", "setup", f"PYTHON={path}"],
            cwd=project,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    with run:
        while not (project / "started").exists():
            assert run.poll() is None
        os.killpg(run.pid, signal.SIGINT)
        _, error = run.communicate(timeout=20)

    assert "set-up interrupted; the same command goes on from here" in error
    assert "Traceback" not in error
    assert make(project, "--question").returncode == 1


def recipes_environment(project: Path, **given: str) -> dict[str, str]:
    """What `make synth` passes on: the CDK CLI is replaced by `env`."""
    script(project / ".venv" / "bin", "node", "env")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-setup.txt", "package-lock.json"):
        os.utime(project / name, (0, 0))
    os.utime(project / "local_aws" / "requirements.txt", (0, 0))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "synth"], cwd=project, env={**environment, **given}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_what_is_set_for_another_python_does_not_reach_this_one(project: Path) -> None:
    given = recipes_environment(project, **BEFORE_PYTHON, AWS_PROFILE="mine")

    assert set(given) & set(BEFORE_PYTHON) == set()
    assert given["AWS_PROFILE"] == "mine"


@pytest.mark.parametrize("home", ["/proc/nothing", ""])
def test_a_home_that_is_not_there_is_replaced(project: Path, home: str) -> None:
    given = recipes_environment(project, HOME=home)

    assert given["HOME"] == str(project / ".local" / "home")
    assert Path(given["HOME"]).is_dir()


def test_your_home_stays(project: Path) -> None:
    home = project / "Your höme"
    home.mkdir()

    assert recipes_environment(project, HOME=str(home))["HOME"] == str(home)
