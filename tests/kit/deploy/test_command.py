"""`kit deploy` with a fake CLI and account: what it deploys, remembers, looks for and answers."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kit.deploy import deploy as deploys
from kit.deploy.absent import UNDECIDED_OR_LEFT
from kit.deploy.history import History, Place
from kit.deploy.throughput_changes import Change, Need
from kit.deploy.throughput_consent import ACCEPT_THROUGHPUT
from kit_contract.places import PROJECT
from tests.billed_resources.fake_aws import ACCOUNT, REGION, FakeAws
from tests.deployment_file import HEAD
from tests.kit.deploy.conftest import Cli, deploy


def test_a_stack_that_is_no_longer_in_the_file_is_removed_when_told(cli: Cli, aws: FakeAws) -> None:
    assert deploy(cli) == UNDECIDED_OR_LEFT
    assert deploy(cli, "--keep-absent") == 0
    assert aws.deleted == []

    assert deploy(cli, "--remove-absent", "--", "--require-approval", "never") == 0

    assert aws.deleted == ["sup-knowledge-base"]
    assert cli.ran[-1][-2:] == ["--require-approval", "never"]


def test_a_failed_deploy_removes_nothing_and_says_so(
    cli: Cli, aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.code = 7

    assert deploy(cli, "--remove-absent") == 7

    assert aws.deleted == []
    assert "no longer in the file were not looked for" in capsys.readouterr().err


def test_an_app_without_stacks_is_deployed_too(cli: Cli, aws: FakeAws) -> None:
    """The CLI calls it a failure."""
    cli.code, cli.stacks = 1, []

    assert deploy(cli, "--remove-absent") == 0

    assert aws.deleted == ["sup-inference-api", "sup-knowledge-base"][:2]


def test_an_assembly_of_an_earlier_deploy_is_not_trusted(
    cli: Cli, aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy(cli, "--keep-absent") == 0
    cli.stacks = None

    assert deploy(cli, "--remove-absent") == 1

    assert aws.deleted == []
    assert "has no cloud assembly" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--output", "elsewhere"], ["--app", "elsewhere"], ["-a=elsewhere"]])
def test_the_assembly_is_where_the_cli_is_told(cli: Cli, aws: FakeAws, option: list[str]) -> None:
    cli.run(["node", "cdk", "--output", "elsewhere"])
    if "--output" not in option:
        cli.stacks = None

    assert deploy(cli, "--remove-absent", "--", *option) == 0

    assert aws.deleted == ["sup-knowledge-base"]


def test_an_interrupted_deploy_is_remembered(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    run = cli.run

    def interrupt(arguments: Sequence[str], **more: Any) -> Any:
        if "deploy" in arguments:
            raise KeyboardInterrupt
        return run(arguments, **more)

    monkeypatch.setattr(subprocess, "run", interrupt)

    assert deploy(cli) == 130

    other = Place(ACCOUNT, REGION, "other")
    assert History(cli.record, cli.project / "deployment.toml").earlier(other) == [Place(ACCOUNT, REGION, "sup")]


def test_account_region_and_stacks_are_told_before_anything_begins(
    cli: Cli, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (cli.project / "deployment.toml").write_text(f"{HEAD}[model_access]\n", encoding="utf-8")
    told: list[str] = []
    run = cli.run

    def observed(arguments: Sequence[str], **more: Any) -> Any:
        told.append(capfd.readouterr().out)
        return run(arguments, **more)

    monkeypatch.setattr(subprocess, "run", observed)

    deploy(cli, "--keep-absent")

    assert told[0].startswith(f"deploying to account {ACCOUNT}, region {REGION}: sup-model-access\n")


def test_another_account_than_that_of_the_file_is_refused_before_anything(
    cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    (cli.project / "deployment.toml").write_text(f'{HEAD}account = "999988887777"\n', encoding="utf-8")

    assert deploy(cli, "--remove-absent") == 1

    assert f"deployment.account is 999988887777, but your credentials are for {ACCOUNT}" in capsys.readouterr().err
    assert cli.ran == []
    assert not cli.record.exists()


def test_the_profile_of_the_cdk_cli_is_the_one_that_is_checked(
    cli: Cli, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = cli.project / "config"
    config.write_text("[profile local]\nendpoint_url = http://localhost:4566\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    assert deploy(cli, "--", "--profile", "local") == 1

    assert "profile local: endpoint_url is http://localhost:4566" in capsys.readouterr().err
    assert cli.ran == []


@pytest.mark.parametrize("home", ["/proc/nothing", ""])
def test_a_home_that_does_not_exist_is_replaced(cli: Cli, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    given: dict[str, str] = {}
    run = cli.run

    def observed(arguments: Sequence[str], **more: Any) -> Any:
        given.update(more.get("env", {}))
        return run(arguments, **more)

    monkeypatch.setattr(subprocess, "run", observed)
    monkeypatch.setenv("HOME", home)

    deploy(cli, "--keep-absent")

    assert Path(given["HOME"]).is_dir()
    assert given["HOME"] == str(PROJECT / ".local" / "home")


def test_both_decisions_are_refused(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy(cli, "--remove-absent", "--keep-absent")
    assert "not allowed with" in capsys.readouterr().err


def test_missing_documents_are_deployed_again(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploys, "restoring_arguments", lambda *_: ["-c", "restore_objects=now"])

    deploy(cli, "--keep-absent", "--", "--require-approval", "never")

    assert "restore_objects=now" in cli.ran[-1]
    assert cli.ran[-1][-2:] == ["--require-approval", "never"]


def test_what_was_deleted_by_hand_is_made_again(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploys, "generation_arguments", lambda *_: ["-c", "generations=polite:2"])

    deploy(cli, "--keep-absent")

    assert "generations=polite:2" in cli.ran[-1]


def test_what_stays_billed_is_asked_about_before_anything_is_deployed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = Change("sup-two", "it stays billed", 10.0, 4800.0, Need.CONSENT)
    monkeypatch.setattr(deploys, "look_at_throughput", lambda *_: [left])
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert deploy(cli, "--keep-absent") == UNDECIDED_OR_LEFT
    assert cli.ran == []
    assert not cli.record.exists()
    assert ACCEPT_THROUGHPUT in capsys.readouterr().err

    assert deploy(cli, "--keep-absent", ACCEPT_THROUGHPUT) == 0
    assert [words[0] for words in cli.ran] == ["synth", "deploy"]
