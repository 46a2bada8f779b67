"""One invocation's part in one request of CloudFormation: take the lease, work, decide the answer, deliver it.

newest? -> turn -> begin, look, look ... -> answer decided -> answer delivered
superseded by a newer request -> nothing more is done, nobody waits for the answer
Lambda's time nearly over      -> OutOfTimeError from outside; the next invocation goes on (handler.py)
CloudFormation's time nearly over -> FAILED, while there is somebody to hear it
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from custom_resources.framework import answer, lifecycle
from custom_resources.framework.lease import Lease, Leases, SupersededError
from custom_resources.framework.lifecycle import AsyncResource, Request, ResourceFailedError, Snapshot
from custom_resources.framework.retry_policy import RetryPolicy

# How long Bedrock's answers may lag behind what was made.
CONSISTENCY_SECONDS = 20.0
ANSWER_MARGIN_SECONDS = 60.0
FIRST_LEASE_PAUSE_SECONDS, LONGEST_LEASE_PAUSE_SECONDS = 2.0, 15.0

Result = TypeVar("Result")


class OutOfTimeError(BaseException):
    """When Lambda's own time is nearly over. Not an Exception: no resource may take it for a failure of a call."""


class Operation:
    """Clients, clocks and the way out are passed in; `run` returns the outcome for the log."""

    def __init__(
        self,
        event: Mapping[str, Any],
        *,
        make: Callable[[str], AsyncResource],
        leases: Leases,
        until: float,
        longest_pause: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._request = Request.from_event(event)
        self._type = str(event.get("ResourceType"))
        self._sent = lifecycle.sent_at(event["ResponseURL"])
        self._make = make
        self._leases = leases
        self._until = until
        self._clock = clock
        self._sleep = sleep
        self._waiting_for = ""
        self._retry_policy = RetryPolicy(longest_pause=longest_pause, seed=self._request.token)

    def decide(self) -> bytes | None:
        """The answer to deliver, or None: it was delivered before. Raises SupersededError, OutOfTimeError."""
        try:
            lease = self._take_lease()
        except SupersededError:
            raise
        except Exception as error:  # no record can be kept; what another delivery may do, the next request undoes
            return answer.failed(self._request, self._failed_id(None), _text(error))
        if lease.delivered or lease.answer is not None:
            return None if lease.delivered else lease.answer
        decided = self._work(lease)
        self._insist(lambda: self._leases.decide(decided), lease.first_seen)
        return decided

    def _take_lease(self) -> Lease:
        now, pause = self._clock(), FIRST_LEASE_PAUSE_SECONDS
        self._insist(lambda: self._leases.claim(self._sent if self._sent is not None else now, now), now)
        while True:
            lease = self._insist(lambda: self._leases.take(self._clock(), self._until), now)
            if lease is not None:
                return lease
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_LEASE_PAUSE_SECONDS)

    def _work(self, lease: Lease) -> bytes:
        resource = None
        try:
            resource = self._make(self._type)
            if self._request.is_delete and not lifecycle.can_exist(resource, self._request):
                return answer.succeeded(self._request, self._physical_id(resource), {})
            abandoned = lifecycle.leftover(resource, self._request)
            if abandoned is not None:
                self._reach_end(resource, abandoned, lease, started=False)
            data = self._reach_end(resource, self._request, lease, started=lease.started)
            return answer.succeeded(self._request, self._physical_id(resource), data)
        except SupersededError:
            raise
        except Exception as error:
            return answer.failed(self._request, self._failed_id(resource), _text(error))

    def _reach_end(
        self, resource: AsyncResource, request: Request, lease: Lease, *, started: bool
    ) -> Mapping[str, str]:
        """Begin, then look until the end is there."""
        data = lease.data if started else self._insist(lambda: self._begin(resource, request), lease.first_seen)
        believe = request.is_delete and lease.after_success
        believe_from = self._clock() + (0.0 if believe else CONSISTENCY_SECONDS)
        while True:
            reached, snapshot = self._insist(lambda: self._look(resource, request, believe_from), lease.first_seen)
            if reached:
                return {**data, **snapshot.attributes}
            self._waiting_for = snapshot.waiting_for
            self._pause(lease.first_seen)

    def _begin(self, resource: AsyncResource, request: Request) -> Mapping[str, str]:
        self._leases.require_newest()
        data = lifecycle.begin(resource, request)
        if request is self._request:
            self._leases.started(data)
        return data

    def _look(self, resource: AsyncResource, request: Request, believe_from: float) -> tuple[bool, Snapshot]:
        self._leases.require_newest()
        return lifecycle.look(resource, request, believe_absence=self._clock() >= believe_from)

    def _insist(self, action: Callable[[], Result], first_seen: float) -> Result:
        """Repeat `action` while its errors are of those that pass by themselves."""
        while True:
            try:
                result = action()
            except SupersededError:
                raise
            except Exception as error:
                if not self._retry_policy.should_retry(error, self._clock()):
                    raise
                self._pause(first_seen)
            else:
                self._retry_policy.reset()
                return result

    def _pause(self, first_seen: float) -> None:
        pause, limit = self._retry_policy.next_pause(), self._request.service_timeout
        end = (self._sent or first_seen) + max(limit - ANSWER_MARGIN_SECONDS, limit / 2)
        if self._clock() + pause >= end:
            verb = "gone" if self._request.is_delete else "ready"
            name = self._request.physical_id or self._request.logical_id
            what = f" ({self._waiting_for})" if self._waiting_for else ""
            raise ResourceFailedError(
                f"{self._type} {name} was not {verb}{what} in the {limit} s that CloudFormation waits; nothing more "
                "is tried: look at its state in Bedrock, then deploy or destroy again"
            )
        self._sleep(pause)

    def _physical_id(self, resource: AsyncResource | None) -> str:
        """What the properties name on Create and Update; CloudFormation's own id where there is no name."""
        request = self._request
        if request.is_delete or resource is None or not lifecycle.can_exist(resource, request):
            return request.physical_id or lifecycle.NOT_MADE.format(request.logical_id)
        return resource.physical_id(request)

    def _failed_id(self, resource: AsyncResource | None) -> str:
        """A Create that failed tells the real id, so that the Delete after it is for what was made. An Update that
        failed keeps its id: CloudFormation goes back to it."""
        return self._request.physical_id or self._physical_id(resource)


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
