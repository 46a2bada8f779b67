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


@pytest.mark.parametrize("code", ["403", "AccessDenied"])
def test_a_denied_head_has_its_status_as_code(code: str) -> None:
    """S3 answers HEAD without a body: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html"""
    retries = policy()

    assert [retried(retries, code, now) for now in (0, 119, 120)] == [True, True, False]


@pytest.mark.parametrize(
    ("code", "seconds"), [("SlowDown", 86_400), ("TooManyUpdates", 86_400), ("InternalError", 299), ("503", 299)]
)
def test_each_service_has_names_of_its_own(code: str, seconds: int) -> None:
    retries = policy()

    assert all(retried(retries, code, now) for now in (0, seconds))


@pytest.mark.parametrize(
    ("status", "seconds"), [(429, 86_400), (403, 119), (500, 299), (503, 299), (400, -1), (404, -1)]
)
def test_an_unknown_code_counts_by_its_http_status(status: int, seconds: int) -> None:
    error = client_error("SomethingNewException")
    error.response["ResponseMetadata"] = {"HTTPStatusCode": status}  # type: ignore[typeddict-item]

    assert [policy().should_retry(error, now) for now in (0,)] == [seconds > 0]


@pytest.mark.parametrize("code", ["ConflictException", "ValidationException"])
def test_a_busy_resource_is_looked_at_again(code: str) -> None:
    """UpdateCustomModelDeployment and UpdateProvisionedModelThroughput model no ConflictException."""
    retries, busy = policy(), client_error(code)
    busy.response["Error"]["Message"] = "the deployment sup-support is being updated"

    assert [retries.should_retry(busy, now) for now in (0, 300, 302)] == [True, True, False]
