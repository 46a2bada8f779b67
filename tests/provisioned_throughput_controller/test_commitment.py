"""Under a commitment no deletion is requested, and notices are sent before it renews itself."""

from datetime import timedelta

import pytest

from tests.provisioned_throughput_controller.aws import FakeAws
from tests.provisioned_throughput_controller.conftest import settle


def test_a_commitment_is_told_once_and_never_asked_to_be_deleted(aws: FakeAws) -> None:
    aws.deploy(ledger={"hold": {"wanted": "released", "why": "budget", "who": "topic", "until": None}})
    aws.plant(commitment="OneMonth", end=aws.now + timedelta(days=10))
    calls: list[str] = []
    aws.before = calls.append

    for _ in range(4):
        assert settle(aws).settled
        aws.sleep(900)

    assert "DeleteProvisionedModelThroughput" not in calls
    assert len(aws.told) == 1
    for part in ("2026-12-10", "at most 14,520.00 USD", "aws bedrock delete-provisioned-model-throughput", "renews"):
        assert part in aws.told[0]


def test_when_the_commitment_has_ended_it_is_released(aws: FakeAws) -> None:
    aws.deploy(ledger={"hold": {"wanted": "released", "why": "budget", "who": "topic", "until": None}})
    aws.plant(commitment="OneMonth", end=aws.now + timedelta(hours=1))
    settle(aws)
    aws.sleep(3700)

    settle(aws)

    assert aws.throughputs == {}


@pytest.mark.parametrize(("days", "told"), [(8, []), (7, ["7 days"]), (1, ["1 day"])])
def test_renewal_is_warned_about_seven_days_and_one_day_ahead(aws: FakeAws, days: int, told: list[str]) -> None:
    aws.deploy(ledger={"state": "bought"})
    aws.plant(commitment="SixMonths", end=aws.now + timedelta(days=days))

    for _ in range(3):
        settle(aws)
        aws.sleep(60)

    assert [mark for mark in ("1 day", "7 days") for text in aws.told if mark in text.split("\n")[0]] == told


def test_the_warning_of_the_last_day_follows_that_of_the_week(aws: FakeAws) -> None:
    aws.deploy(ledger={"state": "bought"})
    aws.plant(commitment="SixMonths", end=aws.now + timedelta(days=6, hours=12))
    for _ in range(14):
        settle(aws)
        aws.sleep(12 * 3600 - 60)

    assert len(aws.told) == 2


def test_lost_ticks_cost_no_warning_that_still_helps(aws: FakeAws) -> None:
    aws.deploy(ledger={"state": "bought"})
    aws.plant(commitment="SixMonths", end=aws.now + timedelta(days=8))
    settle(aws)
    aws.sleep(timedelta(days=7, hours=20).total_seconds())

    settle(aws)

    (text,) = aws.told
    assert "1 day" in text.split("\n")[0]


def test_a_renewed_term_is_warned_about_anew(aws: FakeAws) -> None:
    aws.deploy(ledger={"state": "bought"})
    item = aws.plant(commitment="OneMonth", end=aws.now + timedelta(hours=12))
    settle(aws)
    item["end"] += timedelta(days=30)
    aws.sleep(timedelta(days=30).total_seconds())

    settle(aws)

    assert len(aws.told) == 2


def test_a_destroy_that_was_refused_leaves_the_warnings(aws: FakeAws) -> None:
    """CloudFormation deletes the settings, then is refused the throughput: it does not come to the function."""
    aws.deploy(ledger={"state": "bought"})
    aws.plant(commitment="OneMonth", end=aws.now + timedelta(days=9))
    aws.undeploy()
    for _ in range(10):
        settle(aws)
        aws.sleep(24 * 3600 - 60)

    assert [("7 days" in text, "1 day" in text) for text in aws.told] == [(True, False), (False, True)]
    assert aws.log == []


def test_a_strangers_throughput_of_the_name_is_not_told_about(aws: FakeAws) -> None:
    aws.deploy()
    aws.plant(commitment="OneMonth", end=aws.now + timedelta(days=1), tags={"bedrock-kit:deployment": "other"})
    aws.undeploy()

    settle(aws)

    assert aws.told == []
