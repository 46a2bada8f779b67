"""`kit local` in the environments of real people: a proxy, an old profile, no home.

The end-to-end runs have them too.
"""

import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import pytest

from kit_contract.places import PROJECT
from local_aws import emulator
from tests.hostile_environment import HOSTILE
from tests.kit.local.test_up import RUN

CALL = """
import sys
from pathlib import Path
from local_aws import emulator
from local_aws.session import embedded_session
aws = emulator.running(Path(sys.argv[1]))
def client(service):
    return embedded_session(aws.region).client(service, endpoint_url=aws.endpoint_url)
print(client("bedrock").list_custom_models()["modelSummaries"])
print(client("s3").list_buckets()["Buckets"])
"""


def run(
    arguments: list[str], given: Mapping[str, str], without: tuple[str, ...] = ()
) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={**kept, **given},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def local(folder: Path, *arguments: str, **given: str) -> "subprocess.CompletedProcess[str]":
    return run(["-c", RUN, str(folder), "local", *arguments], given)


def test_start_calls_and_stop_need_none_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `make up` does: in a process of its own, because Python reads some of it once."""
    start = "import sys; from pathlib import Path; from local_aws import emulator; emulator.start(Path(sys.argv[1]))"
    state = tmp_path / "aws"
    try:
        assert run(["-c", start, str(state)], HOSTILE).stderr == ""
        called = run(["-c", CALL, str(state)], HOSTILE)
        assert (called.stdout, called.stderr) == ("[]\n[]\n", "")
        status = local(tmp_path, "status", **HOSTILE)
        assert status.stdout.startswith("the embedded AWS runs on http://127.0.0.1:")
    finally:
        down = local(tmp_path, "down", **HOSTILE)
    assert down.stdout == "the embedded AWS is stopped; nothing is left running\n"
    assert emulator.running(state) is None


def test_status_needs_no_variable(tmp_path: Path) -> None:
    done = run(["-c", RUN, str(tmp_path), "local", "status"], {}, without=tuple(os.environ))

    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("name", ["emulator.json", "deployed.json", "stack-outputs.json"])
@pytest.mark.parametrize("text", ["", "{", "null", "[]", '{"pid": [], "port": "x", "region": 1}', "\x00\xff"])
def test_a_damaged_state_file_counts_as_absent(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / name).write_bytes(text.encode("latin-1"))

    assert emulator.running(tmp_path / "aws") is None
    assert emulator.stop(tmp_path / "aws") is False


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", "{}", '{"endpoint_url": 1, "region": "us-east-1"}', "\x00\xff"]
)
def test_damaged_outputs_are_one_line(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    from kit.__main__ import explain
    from kit.embedded_outputs import read_outputs
    from kit_contract.errors import ExternalError

    path = tmp_path / "outputs.json"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(ExternalError, match=r"outputs\.json is damaged; write it again with: make up") as damaged:
        read_outputs(path)
    assert explain(damaged.value, "kit local status", Namespace())[1] == 1


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A clone on a read-only disk; a file is what root cannot write to either."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    done = local(tmp_path / "file", "up")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "file") in done.stderr
    assert "check path and permissions" in done.stderr


def test_its_folder_and_files_are_private(tmp_path: Path) -> None:
    state = tmp_path / "aws"
    state.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        emulator.start(state)
        modes = {path: oct(path.stat().st_mode & 0o077) for path in [state, *state.rglob("*")]}
    finally:
        os.umask(before)
        emulator.stop(state)

    assert set(modes.values()) == {"0o0"}, modes
    assert len(modes) > 3
