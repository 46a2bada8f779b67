"""Orphans among look-alikes in an account, and `kit reap` run on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kit.__main__ import main
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources.fake_aws import FakeAws, Refused

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


def fail(refused: Refused) -> Callable[[], None]:
    def raising() -> None:
        raise refused

    return raising
