"""What the CDK CLI is told for an embedded AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from kit.local.stacks import LocalStacks
from kit.progress import Progress


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
