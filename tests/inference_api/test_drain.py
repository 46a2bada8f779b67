"""A throughput is deleted only after every request to it has ended: the API's timeouts against the release's wait."""

from typing import Any

from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS
from inference_api.aliases import CACHE_SECONDS
from inference_api.boto_clients import PARAMETER_CONFIG
from inference_api.fallback import BUDGET_SECONDS


def longest_read(config: Any) -> float:
    """Longest duration in seconds of a call that uses all its attempts."""
    attempts: int = config.retries["total_max_attempts"]
    return attempts * (float(config.connect_timeout) + float(config.read_timeout))


def test_the_wait_before_a_deletion_outlasts_cache_and_longest_request() -> None:
    assert longest_read(PARAMETER_CONFIG) + CACHE_SECONDS + BUDGET_SECONDS <= DRAIN_SECONDS
