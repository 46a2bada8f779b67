"""A stack whose customization has a promoted model."""

import pytest

from tests.custom_resources.provisioned_throughput.stack import Stack


@pytest.fixture
def stack() -> Stack:
    return Stack().promoted()
