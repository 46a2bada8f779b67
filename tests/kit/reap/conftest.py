"""An account that `kit reap` reads."""

from __future__ import annotations

import pytest

from kit.reap import command
from tests.billed_resources import fake_prices
from tests.billed_resources.fake_aws import ACCOUNT, NOW, REGION, FakeAws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    made = FakeAws()
    clients = made.clients()
    monkeypatch.setattr(command, "_connect", lambda region: (ACCOUNT, REGION, clients))
    monkeypatch.setattr(command, "_now", lambda: NOW)
    monkeypatch.setattr("billed_resources.cost.price", fake_prices.price)
    return made
