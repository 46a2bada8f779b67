"""`kit deploy` with a fake CLI and a fake account."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from billed_resources import stack_removal
from kit.__main__ import main
from kit.deploy import command
from kit.deploy import deploy as deploys
from tests.billed_resources.fake_aws import ACCOUNT, REGION, FakeAws
from tests.deployment_file import HEAD

CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci"


class Cli:
    """Writes an assembly with these stacks, or none, and ends with `code`."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.record = project / "deployed.json"
        self.stacks: list[str] | None = ["sup-inference-api"]
        self.code = 0
        self.ran: list[list[str]] = []

    def run(self, arguments: Sequence[str], **_: Any) -> Any:
        if arguments[0] == "git":
            return SimpleNamespace(returncode=0, stdout="c0ffee\n")
        self.ran.append(list(arguments[2:]))
        if self.stacks is not None:
            output = arguments[arguments.index("--output") + 1] if "--output" in arguments else "cdk.out"
            (self.project / output).mkdir(exist_ok=True)
            kind = {"type": "aws:cloudformation:stack", "environment": f"aws://unknown-account/{REGION}"}
            manifest = {"artifacts": {name: kind for name in self.stacks}}
            (self.project / output / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return SimpleNamespace(returncode=self.code)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    made = FakeAws()
    for name in ("sup-inference-api", "sup-knowledge-base"):
        made.add_stack(name, "sup")
    account = SimpleNamespace(
        id=ACCOUNT,
        arn=CALLER,
        clients=lambda region: made.clients(),
        client=made.client,
    )
    monkeypatch.setattr(deploys, "preflight", lambda *_: [])
    monkeypatch.setattr(command, "Account", lambda profile, region: account)
    return made


@pytest.fixture
def cli(aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    made = Cli(tmp_path)
    monkeypatch.setattr(subprocess, "run", made.run)
    monkeypatch.setattr(deploys, "PROJECT", tmp_path)
    monkeypatch.setattr(deploys, "RECORD", made.record)
    monkeypatch.setattr(deploys, "Waiting", partial(stack_removal.Waiting, sleep=lambda seconds: None))
    (tmp_path / "deployment.toml").write_text(HEAD, encoding="utf-8")
    return made


def deploy(cli: Cli, *arguments: str) -> int:
    return main(["deploy", "--config", str(cli.project / "deployment.toml"), *arguments])
