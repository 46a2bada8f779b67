"""The record of a deploy: who, when, what they agreed to, from which commit, and the price."""

from __future__ import annotations

import json
from pathlib import Path

from kit.deploy.effects.prices import Price, in_words, price_of
from kit.deploy.record import (
    DEPLOYED,
    FAILED,
    Record,
    commit_of,
    deployed_price,
    run_of_ci,
    write_price,
    write_record,
)
from kit_contract.parameters import deploy_record
from tests.billed_resources.fake_aws import NOW, FakeAws
from tests.deployment_file import shipped_config


def test_the_record_has_who_when_what_and_the_price_of_the_last_deploy_that_succeeded() -> None:
    aws = FakeAws()
    ssm = aws.client("ssm")
    record = Record("arn:me", "buy", {"buy": 1}, "1a2b3c4d", Price(7.3, 0, False, {}), "c0ffee", "https://run")

    assert deployed_price(ssm, "sup") is None
    write_record(ssm, "sup", record, DEPLOYED, NOW)
    write_record(ssm, "sup", Record("arn:me", "", {}, "", Price(9.0, 0, False, {}), "", ""), FAILED, NOW)

    price = deployed_price(ssm, "sup")
    assert price
    assert (price.month, round(price.hour, 4)) == (7.3, 0.01)
    first = json.loads(aws.history[0][1])
    assert first == {
        "state": "deployed",
        "at": "2026-11-25T12:00:00Z",
        "by": "arn:me",
        "accepted": "buy",
        "effects": {"buy": 1},
        "digest": "1a2b3c4d",
        "commit": "c0ffee",
        "run": "https://run",
        "price": {"month": 7.3, "committed": 0, "at_least": False},
    }
    assert aws.history[0][0] == deploy_record("sup") == "/bedrock-kit/sup/deploys/last"


def test_the_price_of_what_is_on_the_embedded_aws_is_known_to_the_next_diff() -> None:
    aws, config = FakeAws(), shipped_config()
    ssm = aws.client("ssm")

    write_price(ssm, config, NOW)

    before, after = deployed_price(ssm, config.deployment.name), price_of(config)
    assert before
    assert (before.month, before.committed) == (round(after.month, 6), after.committed)
    assert in_words(before, after) == "no difference: 2.45 USD a month while idle"
    assert json.loads(aws.history[0][1])["by"] == "kit local up"


def test_commit_and_run_are_those_of_ci(tmp_path: Path) -> None:
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"}

    assert commit_of(tmp_path, {"GITHUB_SHA": "abc"}) == "abc"
    assert commit_of(tmp_path, {}) == ""
    assert run_of_ci(github) == "https://github.com/o/r/actions/runs/7"
    assert run_of_ci({"CODEBUILD_BUILD_ARN": "arn:b"}) == "arn:b"
