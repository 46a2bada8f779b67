"""How long callers over the rate of the usage plan shall wait, so that clients that try three times get an answer.

benchmarks/over_the_rate.py measures it: docs/inference-api.md.
"""

# A client waits 3 to 9 times `retry_seconds` before its second attempt and 6 to 18 times before its third, as
# inference_api/authorizer.py chooses at random. Clients ignore waits of more than a minute.
WAIT_WITHOUT_JITTER = 4
_LONGEST_MULTIPLE, _LONGEST_WAIT = 18, 60
_SHORTEST = 2.0


def retry_seconds(rate_per_second: float, burst: int) -> float:
    """The time in which the bucket of the usage plan fills, within what clients accept."""
    return min(max(burst / rate_per_second, _SHORTEST), _LONGEST_WAIT / _LONGEST_MULTIPLE)
