"""`kit deploy` passes on what missing documents need, before the arguments of the user."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from kit.deploy import command
from tests.deployment_file import deployment_file


def test_missing_documents_are_deployed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(arguments: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        commands.append(arguments)
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(command, "concurrency_notice", lambda *_: "")
    monkeypatch.setattr(command, "restoring_arguments", lambda *_: ["-c", "restore_objects=now"])
    file = deployment_file(tmp_path)

    assert main(["deploy", "--config", str(file), "--", "--require-approval", "never"]) == 0

    ((*_, deploy, everything, _, config, flag, restore, first, second),) = commands
    assert (deploy, everything, config) == ("deploy", "--all", f"config={file}")
    assert (flag, restore, first, second) == ("-c", "restore_objects=now", "--require-approval", "never")
