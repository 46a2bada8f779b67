"""What is left of the deployment of make up when it is destroyed: after the last of the tests that use it."""

from typing import Any

import pytest

from tests.end_to_end.scenarios import make_up

pytestmark = pytest.mark.end_to_end


@pytest.mark.step(make_up, "the end")
def test_destroy_leaves_no_bedrock_resource(seen: list[Any]) -> None:
    assert seen == []
