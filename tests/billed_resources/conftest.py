"""An account with nothing in it."""

from __future__ import annotations

import pytest

from tests.billed_resources.fake_aws import FakeAws


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()
