"""Arguments of `kit local` that cannot be used are refused before anything is started, deployed or destroyed."""

from pathlib import Path

import pytest

from kit.__main__ import main
from kit.local import command as local
from local_aws import emulator
from tests.deployment_file import SHIPPED, deployment_file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, path in (("LOCAL", tmp_path), ("STATE", tmp_path / "aws"), ("OUTPUTS", tmp_path / "outputs.json")):
        monkeypatch.setattr(local, name, path)
    return tmp_path


def config(folder: Path) -> str:
    return str(deployment_file(folder, SHIPPED))


@pytest.mark.parametrize("port", ["x", "0", "65536"])
def test_a_port_that_is_none_is_refused(folder: Path, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["local", "up", "--port", port])

    assert f"argument --port: must be 1 to 65535, got {port!r}" in capsys.readouterr().err


def test_another_port_than_that_of_the_embedded_aws_that_runs_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.start(folder / "aws")
    try:
        assert main(["local", "up", "--port", "9", "--config", config(folder)]) == 1
    finally:
        emulator.stop(folder / "aws")

    assert "--port is 9, but the embedded AWS runs on port " in capsys.readouterr().err


def test_an_environment_that_is_not_there_is_told_before_stacks_are_destroyed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.start(folder / "aws")
    try:
        assert main(["local", "destroy", "--environment", "nope", "--config", config(folder)]) == 1
    finally:
        emulator.stop(folder / "aws")

    assert capsys.readouterr().err.startswith("deployment.toml: environment must be absent: ")
