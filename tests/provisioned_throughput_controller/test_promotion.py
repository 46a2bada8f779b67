"""Promotions: one under way is left alone, one that the throughput missed or that failed in the middle is put right."""

import pytest

from tests.provisioned_throughput_controller.aws import NEW_MODEL, FakeAws
from tests.provisioned_throughput_controller.conftest import in_service, settle


def promoting(aws: FakeAws, arn: str) -> None:
    """What a promotion under way has done: another model is behind the throughput, the old one is published."""
    aws.deploy(ledger=aws.ledger, promoted_at=aws.now)
    aws.sleep(60)
    aws.client("bedrock").update_provisioned_model_throughput(provisionedModelId=arn, desiredModelId=NEW_MODEL)
    aws.log.clear()


@pytest.mark.parametrize("minutes", [0, 5, 69])
def test_a_promotion_under_way_is_not_undone(aws: FakeAws, minutes: int) -> None:
    promoting(aws, in_service(aws)["arn"])
    aws.sleep(minutes * 60)

    assert settle(aws).settled

    assert aws.log == []


def test_a_promotion_that_failed_in_the_middle_is_undone(aws: FakeAws) -> None:
    promoting(aws, in_service(aws)["arn"])
    aws.sleep(71 * 60)

    assert settle(aws).settled

    assert aws.log == ["swap sup-support aaaaaaaaaaaa"]


def test_a_promotion_that_ended_without_the_throughput_is_made_up_for_at_once(aws: FakeAws) -> None:
    in_service(aws)
    aws.sleep(60)
    aws.deploy(model=NEW_MODEL, ledger=aws.ledger, promoted_at=aws.now)

    assert settle(aws).settled

    assert aws.log == ["swap sup-support bbbbbbbbbbbb"]


def test_a_promotion_that_the_throughput_missed_is_made_up_for(aws: FakeAws) -> None:
    item = in_service(aws)
    aws.deploy(model=NEW_MODEL, ledger=aws.ledger)

    assert settle(aws).settled

    assert aws.log == ["swap sup-support bbbbbbbbbbbb"]
    assert aws.published == {
        "target_arn": item["arn"],
        "kind": "provisioned-throughput",
        "custom_model_arn": NEW_MODEL,
        "published_at": aws.published["published_at"],
    }
