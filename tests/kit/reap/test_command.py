"""`kit reap`: deletes 200 orphans, keeps 200 look-alikes, and reports every doubt, commitment and failure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from kit.reap import command
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_aws
from tests.billed_resources.fake_aws import ACCOUNT, NOW, REGION, FakeAws, Refused

STACK = "sup-provisioned-throughput"
OURS = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/SupportThing"}
LOOK_ALIKES: list[dict[str, str]] = [
    {},
    {"Name": "sup-support", "team": "support"},
    {DEPLOYMENT_TAG: "sup"},
    {RESOURCE_TAG: f"{STACK}/SupportThing"},
    {"bedrock-kit:Deployment": "sup", "bedrock-kit:Resource": f"{STACK}/SupportThing"},
    {"other-kit:deployment": "sup", "other-kit:resource": f"{STACK}/SupportThing"},
    {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: "SupportThing"},
    {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: "else-provisioned-throughput/SupportThing"},
    {DEPLOYMENT_TAG: "live", RESOURCE_TAG: "live-provisioned-throughput/SupportThing"},  # its stack lives
    {DEPLOYMENT_TAG: "aliased", RESOURCE_TAG: "aliased-provisioned-throughput/SupportThing"},  # an alias serves it
]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    made = FakeAws()
    clients = made.clients()
    monkeypatch.setattr(command, "_connect", lambda region: (ACCOUNT, REGION, clients))
    monkeypatch.setattr(command, "_now", lambda: NOW)
    monkeypatch.setattr("billed_resources.cost.price", fake_aws.price)
    return made


def run(*arguments: str) -> int:
    return main(["reap", *arguments])


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def plant(aws: FakeAws, count: int) -> tuple[set[str], set[str]]:
    """`count` orphans and as many look-alikes, in turns and with the same kind of name."""
    orphans, others = set(), set()
    aws.stacks = {"live-provisioned-throughput": {"SupportThing": "CREATE_COMPLETE"}, "aliased-inference-api": {}}
    for number in range(count):
        orphans.add(aws.add_throughput(f"sup-support-{number}a", OURS))
        tags = LOOK_ALIKES[number % len(LOOK_ALIKES)]
        arn = aws.add_throughput(f"sup-support-{number}b", tags)
        others.add(arn)
        if tags.get(DEPLOYMENT_TAG) == "aliased":
            aws.parameters[f"/bedrock-kit/aliased/aliases/bot-{number}/capacity"] = json.dumps({"target_arn": arn})
    return orphans, others


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
    assert f"Delete 3 orphan(s) in account {ACCOUNT}, {REGION}?" in asked[0]
    assert len(aws.deleted) == 3


def takes_over(aws: FakeAws, arn: str) -> dict[str, Callable[[], None]]:
    """What may happen between the list and the delete, and the call before which it happens."""

    def deployed_again() -> None:
        aws.stacks[STACK] = {"SupportThing": "CREATE_IN_PROGRESS"}

    def served() -> None:
        aws.parameters["/bedrock-kit/sup/aliases/bot/capacity"] = json.dumps({"target_arn": arn})
        aws.stacks["sup-inference-api"] = {}

    def tagged_otherwise() -> None:
        aws.tags[arn] = {}

    def committed() -> None:
        aws.throughputs[arn] |= {"commitmentDuration": "OneMonth", "commitmentExpirationTime": NOW + timedelta(days=3)}

    def updating() -> None:
        aws.throughputs[arn]["status"] = "Updating"

    def cloudformation_throttles() -> None:
        aws.refuse["DescribeStacks"] = Refused("ThrottlingException", "Rate exceeded")

    def tags_unreadable() -> None:
        aws.refuse["ListTagsForResource"] = Refused("AccessDeniedException")

    return {name: change for name, change in locals().items() if callable(change)}


CHANGES = [
    "deployed_again",
    "served",
    "tagged_otherwise",
    "committed",
    "updating",
    "cloudformation_throttles",
    "tags_unreadable",
]


@pytest.mark.parametrize("change", CHANGES)
def test_each_is_checked_again_right_before_its_deletion(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    arn = aws.add_throughput("sup-support", OURS)
    aws.before["GetProvisionedModelThroughput"] = takes_over(aws, arn)[change]

    assert run("--delete-orphans", "--yes", "--json") == command.ORPHANS_LEFT

    assert aws.deleted == []
    (deletion,) = report(capsys)["deletions"]
    assert deletion["result"] == "skipped"
    assert deletion["reason"]


def test_a_commitment_is_respected_with_its_date_and_cost(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    ends = NOW + timedelta(days=20)
    aws.add_throughput("sup-support", OURS, commitmentDuration="OneMonth", commitmentExpirationTime=ends)

    assert run("--delete-orphans", "--yes") == command.ORPHANS_LEFT

    output = capsys.readouterr().out
    assert "committed until 2026-12-15, 4,800.00 USD left to pay" in output
    assert aws.calls["DeleteProvisionedModelThroughput"] == 0


def test_a_failure_does_not_stop_the_others(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    arns = [aws.add_throughput(f"sup-{number}", OURS) for number in range(4)]
    aws.before["DeleteProvisionedModelThroughput"] = fail(Refused("ConflictException", "busy with something"))

    assert run("--delete-orphans", "--yes") == command.FAILED

    assert set(aws.deleted) == set(arns[1:])
    assert "busy with something" in capsys.readouterr().out
    assert run("--delete-orphans", "--yes") == 0


def fail(refused: Refused) -> Callable[[], None]:
    def raising() -> None:
        raise refused

    return raising


def test_one_that_is_already_gone_is_no_failure(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.add_throughput("sup-support", OURS)
    aws.before["GetProvisionedModelThroughput"] = aws.throughputs.clear

    assert run("--delete-orphans", "--yes", "--json") == 0
    assert report(capsys)["deletions"][0]["result"] == "already gone"


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
