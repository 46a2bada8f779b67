"""The part of one invocation in one request: acquire the lease, work, decide the answer.

newest request? -> lease acquired -> begin, look, look ... -> answer decided (handler.py delivers it)
a newer request arrives                -> SupersededError: the work stops, and CloudFormation ignores the answer
Lambda's time is nearly over           -> OutOfTimeError: the next invocation continues (handler.py)
CloudFormation's time is nearly over   -> FAILED, while CloudFormation still waits for an answer
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from custom_resources.framework import answer, lifecycle
from custom_resources.framework.errors import SupersededError
from custom_resources.framework.lease import Lease, Progress
from custom_resources.framework.request import Request
from custom_resources.framework.resource import AsyncResource, Snapshot
from custom_resources.framework.retry_policy import RetryPolicy
from kit_contract.errors import ResourceFailedError

# How long Bedrock's lists may lag behind a creation.
CONSISTENCY_SECONDS = 20.0
ANSWER_MARGIN_SECONDS = 60.0
FIRST_LEASE_PAUSE_SECONDS, LONGEST_LEASE_PAUSE_SECONDS = 2.0, 15.0

Result = TypeVar("Result")


class Operation:
    """`resource_of` makes the resource of a type; `ends` is when Lambda ends this invocation."""

    def __init__(
        self,
        request: Request,
        *,
        resource_of: Callable[[str], AsyncResource],
        lease: Lease,
        ends: float,
        longest_pause: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._request = request
        self._resource_of = resource_of
        self._lease = lease
        self._ends = ends
        self._clock = clock
        self._sleep = sleep
        self._waiting_for = ""
        self._retry_policy = RetryPolicy(longest_pause=longest_pause, seed=request.token)

    def decide(self) -> bytes | None:
        """The answer to deliver; None if it was delivered before. Raises SupersededError and OutOfTimeError."""
        try:
            progress = self._acquire_lease()
        except SupersededError:
            raise
        except Exception as error:  # without its record the request can only be answered, not worked on
            return answer.failed(self._request, self._failed_id(None), _message(error))
        if progress.delivered or progress.answer is not None:
            return None if progress.delivered else progress.answer
        decided = self._work(progress)
        self._retry(lambda: self._lease.record_answer(decided), progress.first_seen)
        return decided

    def _acquire_lease(self) -> Progress:
        now, pause = self._clock(), FIRST_LEASE_PAUSE_SECONDS
        self._retry(lambda: self._lease.register(now), now)
        while True:
            progress = self._retry(lambda: self._lease.acquire(self._clock(), self._ends), now)
            if progress is not None:
                return progress
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_LEASE_PAUSE_SECONDS)

    def _work(self, progress: Progress) -> bytes:
        resource = None
        try:
            resource = self._resource_of(self._request.resource_type)
            if self._request.is_delete and not lifecycle.can_exist(resource, self._request):
                return answer.succeeded(self._request, self._physical_id(resource), {})
            abandoned = lifecycle.leftover(resource, self._request)
            if abandoned is not None:
                self._reach_end(resource, abandoned, progress, started=False)
            data = self._reach_end(resource, self._request, progress, started=progress.started)
            return answer.succeeded(self._request, self._physical_id(resource), data)
        except SupersededError:
            raise
        except Exception as error:
            return answer.failed(self._request, self._failed_id(resource), _message(error))

    def _reach_end(
        self, resource: AsyncResource, request: Request, progress: Progress, *, started: bool
    ) -> Mapping[str, str]:
        """Begin, then look until the resource is ready or gone. Returns its attributes."""
        first_seen = progress.first_seen
        data = progress.data if started else self._retry(lambda: self._begin(resource, request), first_seen)
        # After a SUCCESS Bedrock's lists show the resource: a Delete that finds nothing need not wait for them.
        believes_at_once = request.is_delete and progress.after_success
        believe_from = self._clock() + (0.0 if believes_at_once else CONSISTENCY_SECONDS)
        while True:
            reached, snapshot = self._retry(lambda: self._look(resource, request, believe_from), first_seen)
            if reached:
                return {**data, **snapshot.attributes}
            self._waiting_for = snapshot.waiting_for
            self._pause(first_seen)

    def _begin(self, resource: AsyncResource, request: Request) -> Mapping[str, str]:
        self._lease.require_newest()
        data = lifecycle.begin(resource, request)
        if request is self._request:
            self._lease.record_start(data)
        return data

    def _look(self, resource: AsyncResource, request: Request, believe_from: float) -> tuple[bool, Snapshot]:
        self._lease.require_newest()
        return lifecycle.look(resource, request, believe_absence=self._clock() >= believe_from)

    def _retry(self, action: Callable[[], Result], first_seen: float) -> Result:
        """Repeat `action` as long as the retry policy says so."""
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
                self._retry_policy.succeeded()
                return result

    def _pause(self, first_seen: float) -> None:
        """Wait, or raise ResourceFailedError if the request's deadline would pass meanwhile."""
        request, pause = self._request, self._retry_policy.next_pause()
        limit = request.service_timeout
        deadline = (request.sent_at or first_seen) + max(limit - ANSWER_MARGIN_SECONDS, limit / 2)
        if self._clock() + pause >= deadline:
            phase = "gone" if request.is_delete else "ready"
            missing = f" ({self._waiting_for})" if self._waiting_for else ""
            raise ResourceFailedError(
                f"{request.resource_type} {request.physical_id or request.logical_id} was not {phase}{missing} in the "
                f"{limit} s that CloudFormation waits, and the kit stopped trying: look at its state in Bedrock, then "
                "deploy or destroy again"
            )
        self._sleep(pause)

    def _physical_id(self, resource: AsyncResource | None) -> str:
        """The name in the properties; for a Delete, or where the properties name nothing, CloudFormation's id."""
        request = self._request
        if request.is_delete or resource is None or not lifecycle.can_exist(resource, request):
            return request.physical_id or lifecycle.NOT_CREATED_ID.format(request.logical_id)
        return resource.physical_id(request)

    def _failed_id(self, resource: AsyncResource | None) -> str:
        """A failed Create answers with the real id, for the Delete that follows. A failed Update keeps its id."""
        return self._request.physical_id or self._physical_id(resource)


def _message(error: Exception) -> str:
    return str(error) or type(error).__name__
