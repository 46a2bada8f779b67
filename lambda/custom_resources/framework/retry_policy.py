"""Which failed calls are retried, for how long, and how long to wait in between.

throttling            retried until the request's deadline
a missing permission  retried for 120 seconds: a new IAM policy takes time to reach every region
an outage             retried for 300 seconds
a busy resource       retried for 300 seconds: somebody else is creating or updating it, and the next look finds that
any other error       not retried

An error whose code is unknown counts by the HTTP status of its response: each service has names of its own, and S3's
HEAD answers have no body, so botocore takes the status as their code ("403").
"""

from enum import Enum

from custom_resources.framework.errors import error_code
from kit_contract.aws_errors import says_busy, status_of

FIRST_PAUSE_SECONDS = 3.0
GROWTH = 1.6


class Kind(Enum):
    """Kinds of errors; the value is for how many seconds one kind in a row is retried."""

    THROTTLING = float("inf")
    PERMISSION = 120.0
    OUTAGE = 300.0
    BUSY = 301.0
    PERMANENT = 0.0


KINDS = {
    Kind.THROTTLING: {
        *("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"),
        *("ProvisionedThroughputExceededException", "SlowDown", "TooManyUpdates", "429"),  # DynamoDB, S3, SSM, HEAD
    },
    Kind.PERMISSION: {"AccessDeniedException", "AccessDenied", "UnauthorizedException", "403", "NotInEffectError"},
    Kind.OUTAGE: {
        *("InternalServerException", "InternalFailure", "InternalServerError", "ServiceUnavailableException"),
        *("InternalError", "ServiceUnavailable", "ServiceException", "500", "502", "503", "504"),
        "DatabaseResumingException",  # Aurora: a paused cluster takes about 15 seconds
        # Classes of botocore, not error codes: the call may or may not have taken effect.
        *("ConnectionClosedError", "ConnectTimeoutError", "EndpointConnectionError"),
        *("ReadTimeoutError", "HTTPClientError"),
    },
}


class RetryPolicy:
    """The retries and pauses of one request, at most `longest_pause` seconds apart.

    `seed` is a hexadecimal text. It gives requests that start together different pauses, the same ones in every run.
    """

    def __init__(self, *, longest_pause: float, seed: str) -> None:
        self._longest = longest_pause
        self._pause = FIRST_PAUSE_SECONDS
        self._jitter = 0.8 + 0.4 * int(seed[:4] or "0", 16) / 0xFFFF
        self._kind: Kind | None = None
        self._first_at = 0.0

    def should_retry(self, error: Exception, now: float) -> bool:
        """Whether to retry after `error`. Its time counts from the first error of its kind in a row."""
        kind = _kind(error)
        if kind is not self._kind:
            self._kind, self._first_at = kind, now
        return now - self._first_at < kind.value

    def succeeded(self) -> None:
        """A call succeeded: the next error is the first in a row."""
        self._kind = None

    def next_pause(self) -> float:
        """Seconds to wait before the next call; longer each time."""
        pause = min(self._pause, self._longest) * self._jitter
        self._pause *= GROWTH
        return pause


def _kind(error: Exception) -> Kind:
    names = {error_code(error), type(error).__name__}
    found = next((kind for kind, known in KINDS.items() if names & known), None)
    return found or (Kind.BUSY if says_busy(error) else _kind_of_status(status_of(error)))


def _kind_of_status(status: int) -> Kind:
    if status >= 500:
        return Kind.OUTAGE
    return {429: Kind.THROTTLING, 403: Kind.PERMISSION}.get(status, Kind.PERMANENT)
