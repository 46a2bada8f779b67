"""A new account's concurrency of 10 is explained before the deploy, and a look that AWS denies is told."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from kit.concurrency import ENOUGH, concurrency_notice


def settings(allowed: int) -> dict[str, Any]:
    return {"AccountLimit": {"ConcurrentExecutions": allowed + 5, "UnreservedConcurrentExecutions": allowed}}


def test_a_new_account_learns_how_many_callers_it_can_serve() -> None:
    notice = concurrency_notice(lambda: settings(10), "us-west-2")

    assert "10 Lambda functions at a time in us-west-2" in notice
    assert "so 5 callers at once" in notice
    assert "--quota-code L-B99A9384" in notice


@pytest.mark.parametrize("allowed", [ENOUGH, 1000])
def test_enough_concurrency_is_not_mentioned(allowed: int) -> None:
    assert concurrency_notice(lambda: settings(allowed), "us-west-2") == ""


def test_a_denied_look_is_told() -> None:
    def denied() -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetAccountSettings")

    assert "could not be checked" in concurrency_notice(denied, "us-west-2")
    assert "AccessDeniedException" in concurrency_notice(denied, "us-west-2")
