"""Invokes the harness of an agent once. Nothing is repeated: an agent acts."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from inference_api.agents.callers import Caller
from inference_api.agents.errors import TOO_LATE, agent_error
from inference_api.aliases import Target
from inference_api.aws.client import SILENCE, Event
from inference_api.errors import ApiError, failure_name
from inference_api.fallback import BUDGET_SECONDS, Attempt, Served
from kit_contract.agents import MODEL_PREFIX

if TYPE_CHECKING:
    from inference_api.http_messages import Facts
    from inference_api.service import Service
    from kit_contract.inference_api import Agent

KIND = "agent"
# Of a streamed answer: Lambda ends the function after 15 minutes, and what it had said would look broken off.
STREAM_SECONDS = 840.0


def agent_named(name: str, service: Service) -> Agent:
    """Raises ApiError 404."""
    agents = service.settings.agents
    if name not in agents:
        known = ", ".join(sorted(agents)) or "none"
        message = f"there is no such agent; this deployment's agents are: {known}"
        raise ApiError(404, "agent_not_found", message, param="model")
    return agents[name]


def invoked(
    messages: Sequence[dict[str, Any]], caller: Caller, service: Service, facts: Facts, *, stream: bool, acted: bool
) -> Generator[Event, None, None]:
    """The events, and SILENCE where none comes for a while. `acted`: a tool has run for this request.

    Raises ApiError; while the events are read, also AwsError or OSError. Closing it ends the call.
    """
    agent = agent_named(caller.agent, service)
    facts.alias = f"{MODEL_PREFIX}{caller.agent}"
    version = agent.harness_arn.rpartition("/")[2]
    target = Target(invoke_id=agent.harness_arn, arn=agent.harness_arn, kind=KIND, custom=False, version=version)
    started = service.clock()
    try:
        events = service.clients.invoke_harness(
            agent.harness_arn,
            messages,
            session_id=caller.runtime_session_id,
            actor_id=caller.actor_id,
            read_seconds=BUDGET_SECONDS,
        )
    except Exception as error:
        facts.attempts.append(_attempt(target, error, service, started))
        raise agent_error(error, begun=acted) from error
    facts.attempts.append(_attempt(target, None, service, started))
    facts.served(facts.alias, Served(None, target, 1))
    answer = _until(events, service, facts, started + (STREAM_SECONDS if stream else BUDGET_SECONDS))
    next(answer)  # begins it: only then does closing it end the call
    return answer


def _attempt(target: Target, error: Exception | None, service: Service, started: float) -> Attempt:
    return Attempt(target, failure_name(error) if error else None, round((service.clock() - started) * 1000))


def _until(
    events: Generator[Event, None, None], service: Service, facts: Facts, end: float
) -> Generator[Event, None, None]:
    try:
        yield SILENCE
        for event in events:
            if service.clock() > end:
                raise ApiError(504, "timeout", TOO_LATE)
            if event.name == "contentBlockDelta":
                facts.delta()
            yield event
    finally:
        events.close()
