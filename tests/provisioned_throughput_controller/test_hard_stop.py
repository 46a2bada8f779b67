"""A budget's message through SNS: what has no commitment is released until the next month, once and for all of them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from provisioned_throughput_controller.handler import run
from provisioned_throughput_controller.requests import requests_of
from tests.provisioned_throughput_controller.aws import FakeAws

# Prose, as AWS Budgets sends it; nothing of it is relied upon.
PROSE = """AWS Budget Notification November 30, 2026
AWS Account 111122223333

Dear AWS Customer,

You requested that we alert you when the ACTUAL Cost associated with your budget is greater than $500.00.

Budget Name: full-budget
Budget Type: Cost
Budgeted Amount: $500.00
Alert Type: ACTUAL
Alert Threshold: > $500.00
ACTUAL Amount: $512.34
"""


def message(text: str = PROSE) -> dict[str, Any]:
    """The event that SNS hands to a function: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
    sns = {
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:sup-budget-HardStopTopic",
        "Subject": "AWS Budgets: sup-budget has exceeded your alert threshold",
        "Message": text,
        "Timestamp": "2026-11-30T07:00:00.000Z",
        "MessageAttributes": {},
    }
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "x", "Sns": sns}]}


@pytest.fixture
def aws() -> FakeAws:
    aws = FakeAws()
    aws.deploy(ledger={"state": "bought", "why": "deployed", "purchase": 1})
    return aws


def handle(aws: FakeAws, event: dict[str, Any]) -> None:
    run(event, {"sup-support": aws.context()}, sleep=aws.sleep)


def test_the_message_is_a_stop_for_all_whatever_it_says() -> None:
    (request,) = requests_of(message())

    assert (request.action, request.reason, request.name) == ("release", "budget", None)
    assert request.who == "sup-budget-HardStopTopic"


def test_what_has_no_commitment_is_released_and_stays_so_until_the_next_month(aws: FakeAws) -> None:
    aws.plant()
    handle(aws, message())

    assert aws.throughputs == {}
    assert aws.published is None
    assert any("stopped by the budget" in text for text in aws.told)

    aws.sleep(timedelta(hours=16).total_seconds())  # still November in UTC
    handle(aws, {"action": "reconcile"})
    assert aws.throughputs == {}

    aws.sleep(timedelta(hours=8).total_seconds())
    handle(aws, {"action": "reconcile"})
    assert len(aws.throughputs) == 1


def test_the_second_message_of_a_month_changes_nothing_and_tells_nothing(aws: FakeAws) -> None:
    aws.plant()
    handle(aws, message())
    ledger, told = json.dumps(aws.ledger), len(aws.told)

    handle(aws, message())

    assert json.dumps(aws.ledger) == ledger
    assert len(aws.told) == told


def test_a_commitment_is_kept_and_told(aws: FakeAws) -> None:
    aws.plant(commitment="SixMonths", end=aws.now + timedelta(days=90))

    handle(aws, message())

    assert len(aws.throughputs) == 1
    assert any("2027-02-28" in text for text in aws.told)
