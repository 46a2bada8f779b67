"""What is retried, for how long, and with which pauses."""

import itertools

import pytest

from custom_resources.framework.retry_policy import RetryPolicy
from tests.custom_resources.framework.leases_table import client_error

DENIED, OUTAGE, THROTTLED = "AccessDeniedException", "InternalServerException", "ThrottlingException"


class ReadTimeoutError(Exception):
    """Named like botocore's."""


def policy(seed: str = "8000") -> RetryPolicy:
    return RetryPolicy(longest_pause=40.0, seed=seed)


def retried(retries: RetryPolicy, code: str, now: float) -> bool:
    return retries.should_retry(client_error(code), now)


@pytest.mark.parametrize(("code", "seconds"), [(DENIED, 120), (OUTAGE, 300)])
def test_a_kind_of_error_is_retried_for_its_time(code: str, seconds: int) -> None:
    retries = policy()

    assert [retried(retries, code, now) for now in (1000, 999 + seconds, 1000 + seconds)] == [True, True, False]


def test_throttling_is_retried_without_end() -> None:
    retries = policy()

    assert all(retried(retries, THROTTLED, now) for now in (0, 3600, 86_400))


def test_a_lost_answer_counts_as_an_outage() -> None:
    retries = policy()

    assert [retries.should_retry(ReadTimeoutError(), now) for now in (0, 299, 300)] == [True, True, False]


@pytest.mark.parametrize("error", [client_error("ValidationException"), ValueError("a bug")])
def test_any_other_error_is_not_retried(error: Exception) -> None:
    assert not policy().should_retry(error, 0)


@pytest.mark.parametrize("between", [OUTAGE, THROTTLED])
def test_the_time_counts_from_the_first_error_in_a_row_another_kind_ends_it(between: str) -> None:
    retries = policy()
    assert retried(retries, DENIED, 0)
    assert retried(retries, between, 100)

    assert [retried(retries, DENIED, now) for now in (110, 229, 230)] == [True, True, False]


def test_the_time_counts_from_the_first_error_in_a_row_a_success_ends_it() -> None:
    retries = policy()
    assert retried(retries, DENIED, 0)
    retries.succeeded()

    assert [retried(retries, DENIED, now) for now in (110, 229, 230)] == [True, True, False]


def test_pauses_grow_up_to_the_longest() -> None:
    retries = policy()
    pauses = [retries.next_pause() for _ in range(9)]

    assert pauses[0] == pytest.approx(3.0, abs=0.01)
    assert all(before < after for before, after in itertools.pairwise(pauses[:6]))
    assert pauses[-2:] == [pytest.approx(40.0, abs=0.01)] * 2


def test_requests_that_start_together_pause_differently_each_the_same_in_every_run() -> None:
    assert policy("0000").next_pause() == pytest.approx(2.4)
    assert policy("ffff").next_pause() == pytest.approx(3.6)
