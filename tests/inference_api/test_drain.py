"""A throughput is deleted only when no request can begin on it any more: the API's times against the release's wait."""

from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS
from inference_api.aliases import CACHE_SECONDS
from inference_api.aws.connections import CONNECT_SECONDS
from inference_api.bedrock import PARAMETER_SECONDS
from inference_api.fallback import FALLBACK_SECONDS


def test_the_wait_before_a_deletion_outlasts_the_cache_and_the_last_attempt_of_a_request() -> None:
    assert CONNECT_SECONDS + PARAMETER_SECONDS + CACHE_SECONDS + FALLBACK_SECONDS + CONNECT_SECONDS <= DRAIN_SECONDS
