"""Which errors pass by themselves, for how long that is believed, and how long to wait before the next look."""

from custom_resources.framework.lifecycle import error_code

PERMISSION_SECONDS = 120.0
OUTAGE_SECONDS = 300.0
FIRST_PAUSE_SECONDS = 3.0
GROWTH = 1.6
THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedException"})
OUTAGE = frozenset({"InternalServerException", "InternalFailure", "InternalServerError", "ServiceUnavailableException"})
# botocore's errors of the way to AWS: the call may or may not have taken effect.
UNREACHED = frozenset(
    {"ConnectionClosedError", "ConnectTimeoutError", "EndpointConnectionError", "ReadTimeoutError", "HTTPClientError"}
)


class RetryPolicy:
    """One request's: throttling is waited out for ever, a missing permission and an outage only for their time."""

    def __init__(self, *, longest_pause: float, seed: str) -> None:
        self._longest = longest_pause
        self._pause = FIRST_PAUSE_SECONDS
        # Requests that began together drift apart, each in the same way at every run.
        self._jitter = 0.8 + 0.4 * int(seed[:4] or "0", 16) / 0xFFFF
        self._since: dict[str, float] = {}

    def should_retry(self, error: Exception, now: float) -> bool:
        """Whether to try again after `error`. The time counts from the first error of its kind in a row."""
        kind = _kind(error)
        self._since = {kind: self._since.get(kind, now)}
        waited = now - self._since[kind]
        limits = {"throttled": float("inf"), "denied": PERMISSION_SECONDS, "outage": OUTAGE_SECONDS}
        return waited < limits.get(kind, 0.0)

    def reset(self) -> None:
        """The last call succeeded."""
        self._since = {}

    def next_pause(self) -> float:
        pause = min(self._pause, self._longest) * self._jitter
        self._pause *= GROWTH
        return pause


def _kind(error: Exception) -> str:
    code = error_code(error)
    if code in THROTTLED:
        return "throttled"
    if code in DENIED:
        return "denied"
    return "outage" if code in OUTAGE or type(error).__name__ in UNREACHED else ""
