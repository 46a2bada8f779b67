"""What is said of stacks while `make up` looks at them, and what the CDK CLI is told for an embedded AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.config import load_deployment_config
from kit.hint import EMBEDDED
from kit.local.stacks import LocalStacks
from kit.progress import Progress
from tests.deployment_file import shipped_file


def test_commands_ask_the_embedded_aws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shipped_file()
    stacks = LocalStacks(region="us-east-1", state=tmp_path, port=None, progress=Progress(total=1, options=EMBEDDED))

    stacks.absent(file, load_deployment_config(file)).waiting.say("1 custom model stays; kit reap shows what is left")

    assert "kit reap --local shows what is left" in capsys.readouterr().out


def test_a_stack_that_an_update_left_broken_is_rolled_back_without_a_terminal_to_ask_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def run(arguments: list[str], **_: Any) -> None:
        ran.extend(arguments)
        (tmp_path / "stack-outputs.json").write_text(json.dumps({"s": {}}))

    monkeypatch.setattr("kit.local.stacks.run_cdk", run)
    stacks = LocalStacks(region="us-east-1", state=tmp_path, port=None, progress=Progress(total=1))

    assert stacks.deploy(tmp_path / "deployment.toml") == {"s": {}}
    assert "--yes" in ran, "the CLI asks before it rolls back, and fails where it can't"
