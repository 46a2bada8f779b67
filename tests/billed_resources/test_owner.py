"""Owners: nobody owns only what has both tags and a stack that is gone; every doubt is "unknown"."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.owner import Owner, OwnerKind
from custom_resources.provisioned_throughput import ledger as ledgers
from kit_contract.parameters import (
    alias_capacity,
    alias_serving,
    throughput_ledger,
)
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_aws
from tests.billed_resources.fake_aws import NOW, FakeAws, Refused
from tests.billed_resources.owners import OURS, STACK, kind, owner


def test_a_stack_that_still_has_it_owns_it(aws: FakeAws) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks[STACK] = {"SupportThing": "CREATE_COMPLETE"}

    assert owner(aws) == Owner(OwnerKind.STACK, STACK)


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED"])
def test_a_stack_owns_it_in_every_state_but_deleted(aws: FakeAws, status: str) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks[STACK] = {"SupportThing": status}

    assert kind(aws) is OwnerKind.STACK


@pytest.mark.parametrize(
    "stacks",
    [
        {},
        {STACK: {}},
        {STACK: {"OtherThing": "CREATE_COMPLETE"}},
        {STACK: {"SupportThing": "DELETE_COMPLETE"}},
        {STACK: {"SupportThing": "DELETE_SKIPPED"}},
    ],
)
def test_nobody_owns_it_after_its_stack_or_its_resource_is_gone(
    aws: FakeAws, stacks: dict[str, dict[str, str]]
) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks = stacks

    assert owner(aws) == Owner(OwnerKind.NOBODY, f"was {STACK}")


@pytest.mark.parametrize(
    "operation", ["DescribeStacks", "DescribeStackResource", "ListTagsForResource", "GetParametersByPath"]
)
@pytest.mark.parametrize(
    "refused",
    [
        Refused("ThrottlingException", "Rate exceeded"),
        Refused("AccessDenied", "not authorized; it does not exist for you"),
        Refused("ValidationError", "Security token is malformed"),
    ],
    ids=lambda refused: str(refused.code),
)
def test_an_owner_that_cannot_be_read_is_unknown(aws: FakeAws, operation: str, refused: Refused) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks = {STACK: {}} if operation == "DescribeStackResource" else {}
    aws.refuse[operation] = refused

    assert kind(aws) is OwnerKind.UNKNOWN


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, OwnerKind.FOREIGN),
        ({"Name": "sup-support"}, OwnerKind.FOREIGN),
        ({"bedrock_kit:deployment": "sup", "bedrock_kit:resource": f"{STACK}/SupportThing"}, OwnerKind.FOREIGN),
        ({"Bedrock-Kit:Deployment": "sup", "Bedrock-Kit:Resource": f"{STACK}/SupportThing"}, OwnerKind.FOREIGN),
        ({RESOURCE_TAG: f"{STACK}/SupportThing"}, OwnerKind.FOREIGN),
        ({DEPLOYMENT_TAG: "", RESOURCE_TAG: f"{STACK}/SupportThing"}, OwnerKind.FOREIGN),
        ({DEPLOYMENT_TAG: "sup"}, OwnerKind.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: "SupportThing"}, OwnerKind.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/a/b"}, OwnerKind.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/"}, OwnerKind.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: "other-provisioned-throughput/SupportThing"}, OwnerKind.UNKNOWN),
    ],
)
def test_tags_that_are_not_the_kits_two_make_no_orphan(aws: FakeAws, tags: dict[str, str], expected: OwnerKind) -> None:
    aws.add_throughput("sup-support", tags)

    assert kind(aws) is expected


@pytest.mark.parametrize("leaf", ["serving", "capacity"])
def test_an_alias_owns_its_target_while_its_api_exists(aws: FakeAws, leaf: str) -> None:
    arn = aws.add_throughput("a", OURS)
    aws.parameters[f"/bedrock-kit/sup/aliases/bot/{leaf}"] = json.dumps({"target_arn": arn})
    assert kind(aws) is OwnerKind.NOBODY  # the API is gone: nobody reads the parameter

    aws.stacks["sup-inference-api"] = {}
    assert owner(aws) == Owner(OwnerKind.ALIAS, "bot of sup")


def test_an_unreadable_alias_parameter_makes_the_owner_unknown(aws: FakeAws) -> None:
    aws.add_throughput("a", OURS)
    aws.parameters["/bedrock-kit/sup/aliases/bot/serving"] = "not JSON"

    assert kind(aws) is OwnerKind.UNKNOWN


@pytest.mark.parametrize("text", ["not JSON", "{}", "[]", "3"])
def test_an_unreadable_ledger_does_not_change_the_owner(aws: FakeAws, text: str) -> None:
    aws.add_throughput("sup-support", OURS)
    aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = text
    aws.parameters["/bedrock-kit/other/capacity/sup-support/ledger"] = "{}"

    assert owner(aws) == Owner(OwnerKind.NOBODY, f"was {STACK}", "its ledger cannot be read")


def test_the_ledger_says_why_it_was_bought(aws: FakeAws) -> None:
    opened = ledgers.opened(ledgers.BOUGHT, why="deployed", who="test", now=NOW)
    aws.add_throughput("sup-support", OURS)
    aws.parameters[throughput_ledger("sup", "sup-support")] = json.dumps(asdict(opened))

    assert owner(aws).ledger == "bought since 2026-11-25: deployed"


def test_aliases_on_later_pages_count(aws: FakeAws) -> None:
    arn = aws.add_throughput("a", OURS)
    aws.parameters = {f"/bedrock-kit/sup/capacity/t{number}/ledger": "{}" for number in range(3 * fake_aws.PAGE)}
    aws.parameters[alias_capacity("sup", "bot")] = json.dumps({"target_arn": arn})
    aws.stacks["sup-inference-api"] = {}

    assert kind(aws) is OwnerKind.ALIAS


@pytest.mark.parametrize("serving", [{}, {"target_arn": "arn:deployment", "custom_model_arn": "arn:serves"}])
def test_a_canary_is_served_beside_what_serves(aws: FakeAws, serving: dict[str, str]) -> None:
    """The first model of an alias is tried beside the base model, which is no parameter."""
    canary = {"target_arn": "arn:candidate", "custom_model_arn": "arn:tried", "run_id": "0123456789abcdef", "weight": 5}
    aws.parameters[alias_serving("sup", "bot")] = json.dumps({**serving, "canary": canary})

    found = read_kit_parameters(aws.clients().ssm)

    assert found.complete
    assert set(found.aliases) == {"arn:candidate", "arn:tried", *serving.values()}
