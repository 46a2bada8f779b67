"""`kit local up` with bad input and when interrupted: one clear reason, and nothing is left running."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kit.__main__ import main
from kit.local import command as local
from local_aws import emulator
from tests.deployment_file import PROJECT, SHIPPED, deployment_file
from tests.signals import sigint_delivered

# A run with a folder of its own in place of .local.
RUN = """
import sys
from pathlib import Path
from kit.local import command as local
from kit.__main__ import main
local.LOCAL = Path(sys.argv[1])
local.STATE, local.OUTPUTS = local.LOCAL / "aws", local.LOCAL / "outputs.json"
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, path in (("LOCAL", tmp_path), ("STATE", tmp_path / "aws"), ("OUTPUTS", tmp_path / "outputs.json")):
        monkeypatch.setattr(local, name, path)
    return tmp_path


def config(folder: Path, text: str = SHIPPED) -> str:
    return str(deployment_file(folder, text))


def nothing_is_left(folder: Path) -> bool:
    left = [path for path in (folder / "aws" / "emulator.json", folder / "outputs.json") if path.exists()]
    return left == [] and emulator.running(folder / "aws") is None


@pytest.mark.parametrize(
    ("given", "instead", "reasons"),
    [
        ("amazon.nova-lite-v1:0", "amazon.nova-light-v1:0", ["aliases.assistant.model", "amazon.nova-lite-v1:0"]),
        ('region = "us-east-1"', 'region = "us-west-2"', ["training.customizations.support", "us-east-1"]),
        ("removal =", "removall =", ["training.removall is not a setting", "allowed names:"]),
        ("support/chat.jsonl", "support/absent.jsonl", ["absent.jsonl does not exist"]),
        ("[training]", "[training", ["not valid TOML", "at line "]),
    ],
)
def test_a_fault_in_the_file_is_named_before_anything_starts(
    folder: Path, capsys: pytest.CaptureFixture[str], given: str, instead: str, reasons: list[str]
) -> None:
    assert given in SHIPPED

    assert main(["local", "up", "--config", config(folder, SHIPPED.replace(given, instead))]) == 1

    error = capsys.readouterr().err
    assert [reason for reason in reasons if reason not in error] == []
    assert nothing_is_left(folder)


def test_a_broken_record_is_named_with_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.dumps({"messages": [{"role": r, "content": "Yes."} for r in ("user", "assistant")]})
    lines = [record] * 56 + ['{"messages": [{"role": "user"'] + [record] * 9
    (folder / "chats.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert main(["local", "up", "--config", config(folder, SHIPPED.replace("examples/support/chat", "chats"))]) == 1

    assert re.search(r"training\.customizations\.support\.dataset.*chats\.jsonl:57: ", capsys.readouterr().err)
    assert nothing_is_left(folder)


def test_a_port_in_use_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert main(["local", "up", "--config", config(folder), "--port", str(port)]) == 1

    assert f"port {port} is in use; stop the process on it, or run without --port" in capsys.readouterr().err
    assert nothing_is_left(folder)


def command(folder: Path, *arguments: str) -> list[str]:
    if arguments == ("demo-capacity",):
        return [sys.executable, "-m", "examples.capacity_demo", "--folder", str(folder)]
    return [sys.executable, "-c", RUN, str(folder), "local", *arguments]


@contextmanager
def up(folder: Path, step: str, *action: str) -> Iterator["subprocess.Popen[str]"]:
    """A run that has come to `step`, in a session of its own as in a terminal; of `up` if no other is named."""
    with sigint_delivered():
        run = subprocess.Popen(
            command(folder, *(action or ("up", "--config", config(folder)))),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    with run:
        try:
            assert run.stdout
            seen = []
            while step not in (line := run.stdout.readline()):
                seen.append(line)
                assert line, f"it ended: {seen}"
            yield run
        finally:
            run.kill()
            emulator.stop(folder / "aws")
            emulator.stop(folder / "demo-capacity")


def started_by(pid: int) -> dict[int, str]:
    """The live processes below `pid`, process id -> command."""
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            words = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if state != "Z":
            parents[int(entry.name)] = (int(parent), words)
    found: dict[int, str] = {}
    todo = [pid]
    while todo:
        above = todo.pop()
        below = {child: words for child, (parent, words) in parents.items() if parent == above}
        found |= below
        todo += below
    return found


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those of `pids` that still run the same command: a process id may come again."""
    living = {}
    for pid, words in pids.items():
        try:
            now = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue
        if now == words:
            living[pid] = words
    return living


def interrupt(run: subprocess.Popen[str], number: int, code: int) -> None:
    """Check that the run stops everything it started, and says so."""
    below = started_by(run.pid)
    assert any(emulator.LAUNCHER in words for words in below.values())

    os.killpg(run.pid, number)
    output, _ = run.communicate(timeout=30)

    assert run.returncode == code, output
    assert "nothing is left running" in output
    assert "Traceback" not in output
    assert alive(below) == {}


@pytest.mark.parametrize(
    ("number", "code", "step"),
    [
        (signal.SIGINT, 130, "deploying  support-assistant-model-access"),
        (signal.SIGTERM, 143, "] cdk deploy"),
        (signal.SIGHUP, 129, "] CDK bootstrap"),
    ],
)
def test_an_interrupted_run_leaves_no_process_and_no_state(folder: Path, number: int, code: int, step: str) -> None:
    with up(folder, step) as run:
        deadline = time.monotonic() + 20
        while not any("aws-cdk" in words for words in started_by(run.pid).values()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        interrupt(run, number, code)
        assert nothing_is_left(folder)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_demo_leaves_no_process(folder: Path, number: int, code: int) -> None:
    with up(folder, "] CDK bootstrap", "demo-capacity") as run:
        interrupt(run, number, code)
        assert emulator.running(folder / "demo-capacity") is None


def test_a_second_run_is_refused_and_the_first_continues(folder: Path) -> None:
    with up(folder, "] CDK bootstrap") as first:
        second = subprocess.run(
            command(folder, "up", "--config", str(folder / "deployment.toml")),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

        assert second.returncode == 1
        assert f"another run is in progress (process {first.pid}); wait for it" in second.stderr
        assert first.poll() is None
        os.killpg(first.pid, signal.SIGINT)
        first.communicate(timeout=30)


def test_an_interrupted_second_run_says_that_the_embedded_aws_stays(folder: Path) -> None:
    emulator.start(folder / "aws")
    try:
        with up(folder, "] CDK bootstrap") as second:
            os.killpg(second.pid, signal.SIGINT)
            output, _ = second.communicate(timeout=30)

            assert second.returncode == 130, output
            assert "the embedded AWS keeps running, because it ran before; kit local up --config" in output
            assert emulator.running(folder / "aws")
    finally:
        emulator.stop(folder / "aws")
