"""Who owns what: every doubt ends in "unknown", only two tags and a stack that is gone in "nobody"."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from billed_resources.kit_parameters import read_kit_parameters
from billed_resources.listing import list_billed
from billed_resources.owner import Owner, Standing, owner_of
from billed_resources.stack_lookup import StackLookup
from custom_resources.provisioned_throughput import ledger as ledgers
from kit_contract import parameters
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_aws
from tests.billed_resources.fake_aws import NOW, REGION, FakeAws, Refused

STACK = "sup-provisioned-throughput"
OURS = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/SupportThing"}


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def owner(aws: FakeAws) -> Owner:
    """Of the one resource in the account."""
    clients = aws.clients()
    (resource,) = list_billed(clients, REGION, NOW).resources
    return owner_of(resource, StackLookup(clients.cloudformation), read_kit_parameters(clients.ssm))


def standing(aws: FakeAws) -> Standing:
    return owner(aws).standing


def test_a_stack_that_still_has_it_owns_it(aws: FakeAws) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks[STACK] = {"SupportThing": "CREATE_COMPLETE"}

    assert owner(aws) == Owner(Standing.STACK, STACK)


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED"])
def test_as_long_as_the_stack_knows_it_it_is_the_stacks(aws: FakeAws, status: str) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks[STACK] = {"SupportThing": status}

    assert standing(aws) is Standing.STACK


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
def test_a_stack_that_is_gone_or_lost_it_leaves_it_to_nobody(aws: FakeAws, stacks: dict[str, dict[str, str]]) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks = stacks

    assert owner(aws) == Owner(Standing.NOBODY, f"was {STACK}")


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
def test_what_cannot_be_asked_is_unknown(aws: FakeAws, operation: str, refused: Refused) -> None:
    aws.add_throughput("a", OURS)
    aws.stacks = {STACK: {}} if operation == "DescribeStackResource" else {}
    aws.refuse[operation] = refused

    assert standing(aws) is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, Standing.FOREIGN),
        ({"Name": "sup-support"}, Standing.FOREIGN),
        ({"bedrock_kit:deployment": "sup", "bedrock_kit:resource": f"{STACK}/SupportThing"}, Standing.FOREIGN),
        ({"Bedrock-Kit:Deployment": "sup", "Bedrock-Kit:Resource": f"{STACK}/SupportThing"}, Standing.FOREIGN),
        ({RESOURCE_TAG: f"{STACK}/SupportThing"}, Standing.FOREIGN),
        ({DEPLOYMENT_TAG: "", RESOURCE_TAG: f"{STACK}/SupportThing"}, Standing.FOREIGN),
        ({DEPLOYMENT_TAG: "sup"}, Standing.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: "SupportThing"}, Standing.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/a/b"}, Standing.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/"}, Standing.UNKNOWN),
        ({DEPLOYMENT_TAG: "sup", RESOURCE_TAG: "other-provisioned-throughput/SupportThing"}, Standing.UNKNOWN),
    ],
)
def test_tags_that_are_not_the_kits_two_make_no_orphan(aws: FakeAws, tags: dict[str, str], expected: Standing) -> None:
    aws.add_throughput("sup-support", tags)

    assert standing(aws) is expected


@pytest.mark.parametrize("leaf", ["serving", "capacity"])
def test_an_alias_of_a_living_api_keeps_what_its_callers_are_sent_to(aws: FakeAws, leaf: str) -> None:
    arn = aws.add_throughput("a", OURS)
    aws.parameters[f"/bedrock-kit/sup/aliases/bot/{leaf}"] = json.dumps({"target_arn": arn})
    assert standing(aws) is Standing.NOBODY  # the API is gone: nobody reads the parameter

    aws.stacks["sup-inference-api"] = {}
    assert owner(aws) == Owner(Standing.ALIAS, "bot of sup")


def test_an_alias_parameter_that_cannot_be_read_leaves_a_doubt(aws: FakeAws) -> None:
    aws.add_throughput("a", OURS)
    aws.parameters["/bedrock-kit/sup/aliases/bot/serving"] = "not JSON"

    assert standing(aws) is Standing.UNKNOWN


@pytest.mark.parametrize("text", ["not JSON", "{}", "[]", "3"])
def test_a_ledger_that_cannot_be_read_is_told_and_decides_nothing(aws: FakeAws, text: str) -> None:
    aws.add_throughput("sup-support", OURS)
    aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = text
    aws.parameters["/bedrock-kit/other/capacity/sup-support/ledger"] = "{}"

    assert owner(aws) == Owner(Standing.NOBODY, f"was {STACK}", "its ledger cannot be read")


def test_the_ledger_of_the_custom_resources_is_the_one_that_is_read(aws: FakeAws) -> None:
    opened = ledgers.opened(ledgers.BOUGHT, why="deployed", who="test", now=NOW)
    aws.add_throughput("sup-support", OURS)
    aws.parameters[parameters.throughput_ledger("sup", "sup-support")] = json.dumps(asdict(opened))

    assert owner(aws).ledger == "bought since 2026-11-25: deployed"


def test_the_aliases_of_later_pages_count(aws: FakeAws) -> None:
    arn = aws.add_throughput("a", OURS)
    aws.parameters = {f"/bedrock-kit/sup/capacity/t{number}/ledger": "{}" for number in range(3 * fake_aws.PAGE)}
    aws.parameters[parameters.alias_capacity("sup", "bot")] = json.dumps({"target_arn": arn})
    aws.stacks["sup-inference-api"] = {}

    assert standing(aws) is Standing.ALIAS


def test_a_custom_model_belongs_to_the_training_stack_of_its_deployment(aws: FakeAws) -> None:
    aws.models = [
        {
            "modelArn": fake_aws.MODEL,
            "modelName": "m",
            "creationTime": NOW,
            "baseModelArn": fake_aws.BASE,
            "baseModelName": "Nova Micro",
        }
    ]
    aws.tags[fake_aws.MODEL] = {DEPLOYMENT_TAG: "sup"}
    assert owner(aws) == Owner(Standing.NOBODY, "was sup-training")

    aws.stacks["sup-training"] = {}
    assert owner(aws) == Owner(Standing.STACK, "sup-training")
