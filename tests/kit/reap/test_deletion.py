"""Each orphan is checked again right before its deletion, and one that fails does not stop the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from kit.reap import command
from tests.billed_resources.fake_aws import NOW, FakeAws, Refused
from tests.kit.reap.orphans import OURS, STACK, fail, report, run


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


def test_a_failure_does_not_stop_the_others(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    arns = [aws.add_throughput(f"sup-{number}", OURS) for number in range(4)]
    aws.before["DeleteProvisionedModelThroughput"] = fail(Refused("ConflictException", "busy with something"))

    assert run("--delete-orphans", "--yes") == command.FAILED

    assert set(aws.deleted) == set(arns[1:])
    assert "busy with something" in capsys.readouterr().out
    assert run("--delete-orphans", "--yes") == 0


def test_one_that_is_already_gone_is_no_failure(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.add_throughput("sup-support", OURS)
    aws.before["GetProvisionedModelThroughput"] = aws.throughputs.clear

    assert run("--delete-orphans", "--yes", "--json") == 0
    assert report(capsys)["deletions"][0]["result"] == "already gone"
