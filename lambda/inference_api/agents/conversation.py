"""One request to an agent, whatever the dialect: decisions, the invocation, the calls that wait for a person."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from inference_api.agents.approvals import check, signed_call
from inference_api.agents.callers import Caller
from inference_api.agents.confirmed_tools import Decided, decided, messages_of
from inference_api.agents.errors import NOT_AGAIN, agent_error
from inference_api.agents.invocation import agent_named, invoked
from inference_api.agents.request import Decision
from inference_api.agents.turn import APPROVAL, BLOCKED, AgentTurn, Part, cut
from inference_api.aws.client import SILENCE, Event
from inference_api.errors import ApiError, failure_name

if TYPE_CHECKING:
    from inference_api.http_messages import Facts
    from inference_api.service import Service

Message = dict[str, Any]
_keys: dict[str, bytes] = {}  # ARN of the secret -> its value, which this process has read


class AgentAnswer:
    """What an agent answers. `decided`: what this request has approved or declined. `stop_reason`: at the end."""

    def __init__(
        self, caller: Caller, turn: AgentTurn, events: Generator[Event, None, None], made: Sequence[Decided]
    ) -> None:
        self.caller = caller
        self.turn = turn
        self.decided = made
        self.stop_reason = ""
        self._events = events

    def parts(self, service: Service, facts: Facts) -> Generator[Part | None, None, None]:
        """What the agent says and does, and None where it is silent for a while. Raises ApiError."""
        try:
            for event in self._events:
                if event is SILENCE:
                    yield None
                elif part := self.turn.seen(event):
                    yield part
            self.stop_reason = self.turn.end()
            facts.intervened = self.stop_reason in BLOCKED
            if self.stop_reason == APPROVAL:
                self._sign(service)
        except ApiError as error:
            facts.error = failure_name(error)
            error.headers.update(NOT_AGAIN)
            _say_what_ran(error, self.decided)
            raise
        except Exception as error:
            facts.error = failure_name(error)
            failure = agent_error(cut() if isinstance(error, ConnectionError) else error, begun=True)
            _say_what_ran(failure, self.decided)
            raise failure from error
        finally:
            facts.usage = self.turn.usage or None
            self._events.close()

    def read(self, service: Service, facts: Facts) -> None:
        """To its end. Raises ApiError."""
        for _ in self.parts(service, facts):
            pass

    def close(self) -> None:
        self._events.close()

    def _sign(self, service: Service) -> None:
        key = approval_key(service)
        for call in self.turn.waiting:
            signed = signed_call(call.id, call.name, call.arguments, caller=self.caller, key=key, now=service.clock())
            call.id, call.status = signed.id, APPROVAL


def answered(
    messages: Sequence[Message],
    decisions: Sequence[Decision],
    caller: Caller,
    service: Service,
    facts: Facts,
    *,
    stream: bool,
    session: Caller | None = None,
) -> AgentAnswer:
    """`messages`: what is said before the decisions. `session`: the caller's in the harness, if it is not `caller`'s.

    Raises ApiError until the harness answers.
    """
    agent = agent_named(caller.agent, service)
    if decisions:
        key, now = approval_key(service), service.clock()
        for one in decisions:
            check(one.call, caller=caller, key=key, now=now, where=one.where)
    made = decided(decisions, agent, service)
    acted = any(one.decision.approved for one in made)
    try:
        events = invoked(_with_results(messages, made), session or caller, service, facts, stream=stream, acted=acted)
    except ApiError as error:
        _say_what_ran(error, made)
        raise
    return AgentAnswer(caller, AgentTurn(agent.confirmed_tools, service.clock), events, made)


def _say_what_ran(error: ApiError, made: Sequence[Decided]) -> None:
    """What a person has approved is not undone, and the answer that has its result is lost."""
    if names := ", ".join(one.decision.call.name for one in made if one.decision.approved):
        error.message = (
            f"{error.message.rstrip('.')}; {names} has run, so look at what it did before you approve the call again"
        )


def _with_results(messages: Sequence[Message], made: Sequence[Decided]) -> list[Message]:
    """Roles alternate: what the agent said before its calls is one message with them."""
    if not made:
        return [*messages]
    calls, results = messages_of(made)
    if messages and messages[-1]["role"] == "assistant":
        calls = {**calls, "content": [*messages[-1]["content"], *calls["content"]]}
        messages = messages[:-1]
    return [*messages, calls, results]


def approval_key(service: Service) -> bytes:
    """Raises ApiError 400 if no tool of this deployment's agents needs approval."""
    arn = service.settings.approval_secret_arn
    if arn is None:
        message = "no tool of this deployment's agents needs approval; set confirm = true for a tool and deploy"
        raise ApiError(400, "unknown_call", message, param="approve")
    try:
        if arn not in _keys:
            _keys[arn] = service.clients.get_secret(arn).encode()
        return _keys[arn]
    except Exception as error:
        message = "the secret that signs calls cannot be read; find the request id in the log"
        raise ApiError(500, "internal_error", message) from error
