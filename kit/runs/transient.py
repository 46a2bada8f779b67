"""Which errors of AWS say nothing about the run: throttling, outages, a network that is gone for a while."""

from kit_contract.aws_errors import code_of, status_of

THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "RequestTimeout")


def is_transient(error: Exception) -> bool:
    from botocore.exceptions import ConnectionError as NoConnectionError
    from botocore.exceptions import HTTPClientError

    if isinstance(error, NoConnectionError | HTTPClientError):
        return True
    return code_of(error).startswith(THROTTLED) or status_of(error) == 429 or status_of(error) >= 500
