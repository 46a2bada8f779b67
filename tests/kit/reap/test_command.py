"""`kit reap`: deletes 200 orphans, keeps 200 look-alikes, and reports every doubt and commitment."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from kit.reap import command
from tests.billed_resources.fake_aws import ACCOUNT, NOW, REGION, FakeAws, Refused
from tests.kit.reap.orphans import OURS, STACK, plant, report, run


def test_200_orphans_are_found_and_deleted_and_200_look_alikes_untouched(
    aws: FakeAws, capsys: pytest.CaptureFixture[str]
) -> None:
    orphans, others = plant(aws, 200)

    assert run("--json") == command.ORPHANS_LEFT
    assert set(report(capsys)["orphans"]) == orphans
    assert aws.deleted == []

    assert run("--delete-orphans", "--yes") == 0
    assert set(aws.deleted) == orphans
    assert set(aws.throughputs) == others
    capsys.readouterr()
    assert run("--json") == 0
    assert report(capsys)["orphans"] == []


def test_nothing_is_deleted_unless_you_type_yes(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(aws, 3)
    for answer in ("", "y", "no", "yes please"):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
        assert run("--delete-orphans") == command.ORPHANS_LEFT

    def nobody(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    assert run("--delete-orphans") == command.ORPHANS_LEFT
    assert "pass --yes" in capsys.readouterr().err
    assert run("--delete-orphans", "--json") == command.FAILED
    assert aws.deleted == []


def test_the_question_names_account_and_number(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(aws, 3)
    asked: list[str] = []

    def yes(question: str) -> str:
        asked.append(question)
        return "yes"

    monkeypatch.setattr("builtins.input", yes)

    assert run("--delete-orphans") == 0
    assert f"Delete 3 orphans in account {ACCOUNT}, {REGION}?" in asked[0]
    assert len(aws.deleted) == 3


def test_a_commitment_is_respected_with_its_date_and_cost(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    ends = NOW + timedelta(days=20)
    aws.add_throughput("sup-support", OURS, commitmentDuration="OneMonth", commitmentExpirationTime=ends)

    assert run("--delete-orphans", "--yes") == command.ORPHANS_LEFT

    output = capsys.readouterr().out
    assert "committed until 2026-12-15, 4,800.00 USD left to pay" in output
    assert aws.calls["DeleteProvisionedModelThroughput"] == 0


def test_the_table_shows_cost_owner_and_what_is_unknown(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    plant(aws, 10)
    aws.add_throughput("mystery", {}, foundationModelArn=f"arn:aws:bedrock:{REGION}::foundation-model/x.y-v1:0:8k")
    aws.refuse["ListCollections"] = Refused("AccessDeniedException", "not you")

    assert run() == command.FAILED

    output = capsys.readouterr().out
    assert "Billed by the hour: at least 4,800.00 USD a day" in output
    assert "stack: live-provisioned-throughput" in output
    assert "alias: bot-9 of aliased" in output
    assert f"nobody: was {STACK}" in output
    assert re.search(r"unknown +provisioned throughput +mystery", output)
    assert "OpenSearch Serverless collection: the list is incomplete" in output
    assert "Orphans: 10, 2,400.00 USD a day" in output


def test_an_empty_account_has_no_orphans(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert "No orphans." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [((), "name the region with --region"), (("--region", REGION), "you are not logged in; log in again")],
    ids=["no-region", "no-credentials"],
)
def test_without_region_or_credentials_it_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: tuple[str, ...],
    advice: str,
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))

    assert run(*arguments) == command.FAILED

    output = capsys.readouterr()
    assert advice in output.err
    assert output.out == ""


def test_a_total_of_unknown_prices_is_unknown(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.add_throughput("mystery", {}, foundationModelArn=f"arn:aws:bedrock:{REGION}::foundation-model/x.y-v1:0:8k")

    assert run() == 0
    assert "Billed by the hour: an unknown amount" in capsys.readouterr().out
