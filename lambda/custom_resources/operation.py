"""One invocation's part in one request of CloudFormation: take the turn, work, decide the answer, deliver it.

newest? -> turn -> begin, look, look ... -> answer decided -> answer delivered
superseded by a newer request -> nothing more is done, nobody waits for the answer
Lambda's time nearly over      -> OutOfTimeError from outside; the next invocation goes on (handler.py)
CloudFormation's time nearly over -> FAILED, while there is somebody to hear it
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from custom_resources import answer, lifecycle
from custom_resources.lifecycle import AsyncResource, Request, ResourceFailedError, Snapshot
from custom_resources.patience import Patience
from custom_resources.turn import SupersededError, Turn, Turns

# How long Bedrock's answers may lag behind what was made.
CONSISTENCY_SECONDS = 20.0
ANSWER_MARGIN_SECONDS = 60.0
FIRST_TURN_PAUSE_SECONDS, LONGEST_TURN_PAUSE_SECONDS = 2.0, 15.0

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
        turns: Turns,
        until: float,
        longest_pause: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._request = Request.from_event(event)
        self._type = str(event.get("ResourceType"))
        self._sent = lifecycle.sent_at(event["ResponseURL"])
        self._make = make
        self._turns = turns
        self._until = until
        self._clock = clock
        self._sleep = sleep
        self._waiting_for = ""
        self._patience = Patience(longest_pause=longest_pause, seed=self._request.token)

    def decide(self) -> bytes | None:
        """The answer to deliver, or None: it was delivered before. Raises SupersededError, OutOfTimeError."""
        try:
            turn = self._take_turn()
        except SupersededError:
            raise
        except Exception as error:  # no record can be kept; what another delivery may do, the next request undoes
            return answer.failed(self._request, self._failed_id(None), _text(error))
        if turn.delivered or turn.answer is not None:
            return None if turn.delivered else turn.answer
        decided = self._work(turn)
        self._insist(lambda: self._turns.decide(decided), turn.first_seen)
        return decided

    def _take_turn(self) -> Turn:
        now, pause = self._clock(), FIRST_TURN_PAUSE_SECONDS
        self._insist(lambda: self._turns.claim(self._sent if self._sent is not None else now, now), now)
        while True:
            turn = self._insist(lambda: self._turns.take(self._clock(), self._until), now)
            if turn is not None:
                return turn
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_TURN_PAUSE_SECONDS)

    def _work(self, turn: Turn) -> bytes:
        resource = None
        try:
            resource = self._make(self._type)
            if self._request.is_delete and not lifecycle.can_exist(resource, self._request):
                return answer.succeeded(self._request, self._physical_id(resource), {})
            abandoned = lifecycle.leftover(resource, self._request)
            if abandoned is not None:
                self._reach_end(resource, abandoned, turn, started=False)
            data = self._reach_end(resource, self._request, turn, started=turn.started)
            return answer.succeeded(self._request, self._physical_id(resource), data)
        except SupersededError:
            raise
        except Exception as error:
            return answer.failed(self._request, self._failed_id(resource), _text(error))

    def _reach_end(self, resource: AsyncResource, request: Request, turn: Turn, *, started: bool) -> Mapping[str, str]:
        """Begin, then look until the end is there."""
        data = turn.data if started else self._insist(lambda: self._begin(resource, request), turn.first_seen)
        believe = request.is_delete and turn.after_success
        believe_from = self._clock() + (0.0 if believe else CONSISTENCY_SECONDS)
        while True:
            reached, snapshot = self._insist(lambda: self._look(resource, request, believe_from), turn.first_seen)
            if reached:
                return {**data, **snapshot.attributes}
            self._waiting_for = snapshot.waiting_for
            self._pause(turn.first_seen)

    def _begin(self, resource: AsyncResource, request: Request) -> Mapping[str, str]:
        self._turns.require_newest()
        data = lifecycle.begin(resource, request)
        if request is self._request:
            self._turns.started(data)
        return data

    def _look(self, resource: AsyncResource, request: Request, believe_from: float) -> tuple[bool, Snapshot]:
        self._turns.require_newest()
        return lifecycle.look(resource, request, believe_absence=self._clock() >= believe_from)

    def _insist(self, action: Callable[[], Result], first_seen: float) -> Result:
        """Repeat `action` while its errors are of those that pass by themselves."""
        while True:
            try:
                result = action()
            except SupersededError:
                raise
            except Exception as error:
                if not self._patience.bears(error, self._clock()):
                    raise
                self._pause(first_seen)
            else:
                self._patience.calm()
                return result

    def _pause(self, first_seen: float) -> None:
        pause, limit = self._patience.next_pause(), self._request.service_timeout
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
