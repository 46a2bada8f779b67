"""`kit pipeline deploy`: what it runs, with which credentials, and what it says is left to do."""

from pathlib import Path

import pytest

from kit.__main__ import main
from kit.pipeline import deploy
from tests.synthesized import PROJECT

FILE = PROJECT / "tests/stacks/pipeline.toml"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands of the CDK CLI."""
    commands: list[list[str]] = []

    class Account:
        def __init__(self, profile: str | None, region: str) -> None:
            self.id = profile or "111122223333"

    def run_cli(arguments: list[str]) -> int:
        commands.append(arguments)
        return 0

    monkeypatch.setattr(deploy, "require_real", lambda environ, profile: None)
    monkeypatch.setattr(deploy, "Account", Account)
    monkeypatch.setattr(deploy, "run_cli", run_cli)
    return commands


def test_it_deploys_the_pipeline_only_and_says_what_an_administrator_does_once(
    ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pipeline", "deploy", "--config", str(FILE), "--", "--require-approval", "never"]) == 0

    assert ran == [
        ["deploy", "--all", "-c", f"config={FILE}", "-c", "pipeline=1", "--require-approval", "never"],
    ]
    said = capsys.readouterr().out
    assert "deployed shop-pipeline to account 111122223333" in said
    assert "cdk bootstrap aws://333344445555/us-west-2" in said
    assert "kit pipeline access --environment prod" in said
    assert "--trust" not in said  # only the role of the deploy is trusted, and not the whole account


def test_credentials_of_another_account_deploy_nothing(
    ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pipeline", "deploy", "--config", str(FILE), "--", "--profile", "222233334444"]) == 1

    assert ran == []
    assert "pipeline.codepipeline.account is 111122223333, got credentials of 222233334444" in capsys.readouterr().err


def test_a_file_without_the_section_is_told_where_to_read(
    ran: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text('[deployment]\nname = "shop"\nregion = "us-east-1"\n[environments.dev]\n', encoding="utf-8")

    assert main(["pipeline", "deploy", "--config", str(file)]) == 1
    assert "pipeline.codepipeline is missing" in capsys.readouterr().err
    assert ran == []
