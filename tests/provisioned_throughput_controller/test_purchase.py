"""Purchases: concurrent, repeated, refused and failed ones first; then which model is bought, and when."""

import pytest

from provisioned_throughput_controller.reconciliation import Reconciliation
from tests.provisioned_throughput_controller.aws import NEW_MODEL, FakeAws
from tests.provisioned_throughput_controller.bedrock import Refused
from tests.provisioned_throughput_controller.conftest import in_service, settle


def test_two_calls_at_once_buy_one(aws: FakeAws) -> None:
    aws.deploy()
    begun = False

    def second_call(operation: str) -> None:
        nonlocal begun
        if operation == "CreateProvisionedModelThroughput" and not begun:
            begun = True
            Reconciliation(aws.context()).step()

    aws.before = second_call

    settle(aws)

    assert len(aws.throughputs) == 1
    assert [entry for entry in aws.log if entry.startswith("create")] == ["create sup-support x1 aaaaaaaaaaaa"]


def test_an_order_whose_answer_was_lost_is_repeated_with_the_same_token(aws: FakeAws) -> None:
    aws.deploy()
    aws.refuse_create = Refused("InternalServerException")
    with pytest.raises(Exception, match="InternalServerException"):
        settle(aws)
    assert aws.ledger["state"] == "buying"
    aws.refuse_create = None

    settle(aws)

    assert (aws.ledger["state"], aws.ledger["purchase"], len(aws.tokens)) == ("bought", 1, 1)


def test_a_purchase_that_crosses_the_stacks_deletion_is_given_back(aws: FakeAws) -> None:
    aws.deploy()

    def deleted_meanwhile(operation: str) -> None:
        if operation == "CreateProvisionedModelThroughput":
            aws.undeploy()

    aws.before = deleted_meanwhile

    assert settle(aws).settled
    assert aws.throughputs == {}


def test_too_few_units_buy_nothing_tell_once_and_try_again_in_an_hour(aws: FakeAws) -> None:
    aws.deploy()
    aws.units_allowed = 0.0
    for _ in range(3):
        settle(aws)
        aws.sleep(900)
    assert aws.log == []
    assert len(aws.told) == 1
    for part in ("L-BE77399C", "0 of 0 are in use", "request-service-quota-increase"):
        assert part in aws.told[0]
    aws.units_allowed = 1.0
    aws.sleep(3600)

    settle(aws)

    assert len(aws.throughputs) == 1


def test_bedrocks_refusal_is_explained_where_the_quota_cannot_be_read(aws: FakeAws) -> None:
    aws.deploy()
    aws.units_allowed = None
    aws.refuse_create = Refused("ServiceQuotaExceededException", "no model units reserved")

    settle(aws)

    assert aws.ledger["state"] == "released"
    assert "its value could not be read" in aws.told[0]
    assert "no model units reserved" in aws.told[0]


def test_a_purchase_that_fails_is_removed_and_not_repeated_at_once(aws: FakeAws) -> None:
    aws.deploy()
    aws.fails = "no capacity"

    settle(aws)
    settle(aws)

    assert aws.throughputs == {}
    assert len(aws.tokens) == 1
    assert "no capacity" in aws.told[0]


def test_after_a_failure_the_next_purchase_has_another_token(aws: FakeAws) -> None:
    aws.deploy()
    aws.fails = "no capacity"
    settle(aws)
    aws.fails = ""
    aws.sleep(3700)

    settle(aws)

    assert len(aws.tokens) == 2
    assert len(aws.throughputs) == 1


def test_a_throughput_deleted_by_hand_is_not_bought_back_and_one_notice_is_sent(aws: FakeAws) -> None:
    in_service(aws)
    aws.throughputs.clear()

    settle(aws)
    settle(aws)

    assert aws.log == []
    assert len(aws.told) == 1
    assert "deleted outside the kit" in aws.told[0]


def test_nothing_is_bought_before_something_is_trained(aws: FakeAws) -> None:
    aws.deploy(model=None)

    assert settle(aws).settled
    assert (aws.ledger["state"], aws.ledger["why"], aws.log) == ("released", "no model yet", [])


def test_a_promotion_while_it_was_released_is_bought_with_its_model(aws: FakeAws) -> None:
    aws.deploy(model=NEW_MODEL)

    settle(aws)

    assert aws.log == ["create sup-support x1 bbbbbbbbbbbb"]
    assert aws.published["custom_model_arn"] == NEW_MODEL
