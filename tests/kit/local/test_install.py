"""`kit local install` in a project of one's own, with commands that only say what they were called with."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from kit.local import install
from kit_contract.errors import ExternalError
from kit_contract.places import SOURCES


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "PROJECT", tmp_path)
    return tmp_path


def answer(monkeypatch: pytest.MonkeyPatch, code: int = 0) -> list[list[str]]:
    calls: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, code, "", "no space left\n")

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_it_installs_what_the_kit_pins_and_keeps_the_projects_own_files(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = answer(monkeypatch)
    (project / "package.json").write_text("{}", encoding="utf-8")

    assert install.install() == 0

    assert [command[1:3] for command in calls] == [["-m", "venv"], ["-m", "pip"], ["ci", "--silent"]]
    assert calls[1][-2:] == ["-r", str(SOURCES / "local_aws" / "requirements.txt")]
    assert (project / "package.json").read_text(encoding="utf-8") == "{}"
    assert (project / "package-lock.json").read_bytes() == (SOURCES / "package-lock.json").read_bytes()


@pytest.mark.usefixtures("project")
def test_a_failure_says_what_the_command_said(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, code=1)

    with pytest.raises(ExternalError, match=r"failed with exit code 1:\nno space left"):
        install.install()
