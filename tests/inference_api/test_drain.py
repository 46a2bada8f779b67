"""A throughput is deleted only when no request can be on its way to it: the API's times against the release's wait."""

from typing import Any

from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS
from inference_api.aliases import CACHE_SECONDS
from inference_api.boto_clients import PARAMETER_CONFIG
from inference_api.failover import BUDGET_SECONDS


def longest_read(config: Any) -> float:
    """Seconds of a look at the parameters whose first attempt failed at the last moment."""
    attempts: int = config.retries["total_max_attempts"]
    return attempts * (float(config.connect_timeout) + float(config.read_timeout))


def test_the_wait_before_a_deletion_outlasts_memory_and_longest_request() -> None:
    assert longest_read(PARAMETER_CONFIG) + CACHE_SECONDS + BUDGET_SECONDS <= DRAIN_SECONDS
