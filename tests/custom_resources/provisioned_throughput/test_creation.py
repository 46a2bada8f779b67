"""A Create buys once, when it should, and then publishes the alias."""

import pytest

from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.provisioned_throughput.stack import TAGS, Stack
from tests.provisioned_throughput_controller.aws import NEW_MODEL, WEEKDAYS
from tests.provisioned_throughput_controller.bedrock import ACCOUNT_ARN, BASE, CREATING, MODEL


def test_a_throughput_of_another_resource_is_refused(stack: Stack) -> None:
    stack.there(tags={**TAGS, "bedrock-kit:deployment": "other"})

    with pytest.raises(ResourceFailedError, match="bedrock-kit:resource=sup-training/Thing"):
        stack.create()


def test_unknown_commitment_is_refused(stack: Stack) -> None:
    with pytest.raises(ResourceFailedError, match="one of OneMonth, SixMonths or absent, got 'none'"):
        stack.create(CommitmentDuration="none")


def test_failed_raises_with_bedrocks_reason(stack: Stack) -> None:
    stack.there(failed="quota")

    with pytest.raises(ResourceFailedError, match="is Failed: quota"):
        stack.look("Create")


def test_unknown_status_raises(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.there()
    monkeypatch.setattr(stack.aws, "status", lambda item: "Napping")

    with pytest.raises(ResourceFailedError, match="unknown status Napping"):
        stack.look("Create")


def test_it_disappeared_while_it_was_made(stack: Stack) -> None:
    stack.create()
    stack.aws.throughputs.clear()

    assert stack.look("Create") is Phase.GONE


def test_before_anything_is_trained_the_deploy_buys_nothing_and_says_why() -> None:
    stack = Stack()

    assert stack.create() is Phase.READY
    assert (stack.aws.ledger["state"], stack.aws.ledger["why"], stack.aws.log) == ("released", "no model yet", [])


@pytest.mark.parametrize(
    ("property_", "value", "why"),
    [("Schedule", str(WEEKDAYS), "waits for its schedule"), ("Expires", "2026-11-30", "expired")],
)
def test_a_schedule_or_a_past_day_leave_the_buying_to_others(
    stack: Stack, property_: str, value: str, why: str
) -> None:
    assert stack.create(**{property_: value}) is Phase.READY
    assert (stack.aws.ledger["why"], stack.aws.log) == (why, [])


def test_create_orders_once_then_publishes_the_alias(stack: Stack) -> None:
    assert stack.create() is Phase.IN_PROGRESS
    assert not stack.aws.published
    stack.aws.sleep(CREATING.total_seconds())

    assert stack.look("Create") is Phase.READY
    (item,) = stack.aws.throughputs.values()
    assert item["tags"] == TAGS
    assert (stack.aws.published["target_arn"], stack.aws.published["custom_model_arn"]) == (item["arn"], MODEL)
    assert stack.aws.ledger["state"] == "bought"


def test_a_repeated_create_buys_no_second_one(stack: Stack) -> None:
    stack.create()
    stack.create()

    assert len(stack.aws.log) == 1


def test_a_commitment_is_ordered_as_wished(stack: Stack) -> None:
    stack.create(CommitmentDuration="OneMonth")

    (item,) = stack.aws.throughputs.values()
    assert item["commitment"] == "OneMonth"


def test_a_foundation_model_is_published_as_such(stack: Stack) -> None:
    stack.create(ModelIdentifier=BASE)
    stack.aws.sleep(CREATING.total_seconds())
    stack.look("Create", ModelIdentifier=BASE)

    assert stack.aws.published["model"] == BASE


def test_customization_takes_the_newest_model_of_its_own_before_a_promotion(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack()
    """Of the two models of that name, one belongs to the customization `support` of another deployment."""
    theirs = f"{ACCOUNT_ARN}:custom-model/amazon.nova-micro-v1:0:128k/cccccccccccc"
    names = [
        ("sup-support-extra-0123456789abcdef", NEW_MODEL),
        ("sup-support-fedcba9876543210", theirs),
        ("sup-support-0123456789abcdef", MODEL),
    ]
    base = {"creationTime": stack.aws.now, "baseModelArn": BASE, "baseModelName": "x"}
    found = [{"modelArn": arn, "modelName": name, **base} for name, arn in names]
    stack.aws.model_owners[theirs] = "sup-support"
    monkeypatch.setattr(stack.aws, "_ListCustomModels", lambda **_: {"modelSummaries": found})

    stack.create()

    assert stack.aws.log == ["create sup-support x1 aaaaaaaaaaaa"]


def test_a_create_that_died_is_adopted(stack: Stack) -> None:
    stack.there()

    assert stack.create() is Phase.READY
    assert stack.aws.log == []
