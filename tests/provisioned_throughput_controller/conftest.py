"""The fake AWS of the controller's tests, and two ways to advance a throughput in it."""

from datetime import timedelta
from typing import Any

import pytest

from provisioned_throughput_controller.reconciliation import Reconciliation, Step
from tests.provisioned_throughput_controller.aws import FakeAws


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def settle(aws: FakeAws, seconds: float = 780) -> Step:
    return Reconciliation(aws.context()).settle(seconds=seconds, sleep=aws.sleep)


def in_service(aws: FakeAws, **settings: Any) -> dict[str, Any]:
    """Deployed, bought a day ago, published, and under watch since."""
    since = (aws.now - timedelta(days=1)).isoformat()
    item = aws.plant()
    watch = {"throughput_arn": item["arn"], "since": since}
    aws.deploy(ledger={"state": "bought", "since": since, "why": "deployed", "purchase": 1, "watch": watch})
    assert settle(aws).settled
    aws.deploy(ledger=aws.ledger, **settings)
    aws.log.clear()
    return item
