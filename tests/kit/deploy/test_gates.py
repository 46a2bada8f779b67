"""`kit deploy` in a pipeline: what needs consent, and what a preflight stops."""

from __future__ import annotations

import json

import pytest

from kit.deploy import deploy as deploys
from kit.deploy.absent import UNDECIDED_OR_LEFT
from kit.deploy.difference import Difference
from kit.deploy.effects.effect import Effect, Kind, digest_of
from kit.deploy.effects.prices import Price
from tests.billed_resources.fake_aws import FakeAws, Refused
from tests.kit.deploy.conftest import CALLER, Cli, deploy


def test_a_purchase_is_refused_in_a_pipeline_and_recorded_when_accepted(
    cli: Cli, aws: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Difference([Effect(Kind.BUY, "cluster", "by the hour", usd=None)], None, Price(7.3, 0, False, {}))
    monkeypatch.setattr(deploys, "difference", lambda *_: found)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert deploy(cli, "--keep-absent", "--accept", "retrain") == UNDECIDED_OR_LEFT
    assert "needs consent to buy" in capsys.readouterr().err
    assert ([words[0] for words in cli.ran], aws.history, cli.record.exists()) == (["synth"], [], False)

    assert deploy(cli, "--keep-absent", "--accept", f"buy@{digest_of(found.effects)}") == 0
    begun, deployed = (json.loads(value) for _, value in aws.history)
    assert (begun["state"], deployed["state"], deployed["accepted"]) == ("begun", "deployed", "buy")
    assert (deployed["by"], deployed["commit"]) == (CALLER, "c0ffee")

    aws.refuse["PutParameter"] = Refused("AccessDeniedException")
    assert deploy(cli, "--keep-absent", "--accept", "buy") == 1
    assert [words[0] for words in cli.ran][-1] == "synth", "without a record nothing is bought"


def test_a_preflight_that_does_not_hold_stops_it_before_anything(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploys, "may_begin", lambda _: False)

    assert deploy(cli, "--keep-absent") == 1
    assert cli.ran == []
    assert deploy(cli, "--keep-absent", "--skip-preflight") == 0


def test_what_another_deploy_has_synthesized_is_not_deployed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two environments of one file share cdk.out, and a question waits for minutes."""

    def agreed(*_: object, **__: object) -> bool:
        cli.stacks = ["sup-dev-inference-api"]
        cli.run(["node", "cdk", "synth"])
        return True

    monkeypatch.setattr(deploys, "agreed", agreed)

    assert deploy(cli, "--keep-absent") == UNDECIDED_OR_LEFT
    assert "another command has synthesized into" in capsys.readouterr().err
    assert [words[0] for words in cli.ran] == ["synth", "synth"]
