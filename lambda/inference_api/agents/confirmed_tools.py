"""Calls of confirmed tools that a person has decided about: the function runs, and the harness gets its result.

The function gets what a gateway would send it: the arguments as the event, the tool's name in the client context.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-add-target-lambda.html (Lambda function input)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inference_api.agents.request import Decision
from inference_api.fields import invalid
from kit_contract.agents import APPROVED_CALL_CONTEXT, TOOL_IN_TARGET, TOOL_NAME_CONTEXT

if TYPE_CHECKING:
    from inference_api.service import Service
    from kit_contract.inference_api import Agent

DECLINED = "the user declined"
MAX_RESULT_CHARACTERS = 100_000
READ_SECONDS = 240.0


class Decided:
    """A decision and what became of it. `status`: "success" or "error"; `milliseconds`: of the function."""

    def __init__(self, decision: Decision, text: str, status: str, milliseconds: int | None) -> None:
        self.decision = decision
        self.text = text
        self.status = status
        self.milliseconds = milliseconds

    @property
    def shown(self) -> dict[str, Any]:
        """As turn.ToolCall.shown."""
        result = {"status": self.status if self.decision.approved else "declined", "milliseconds": self.milliseconds}
        return {**self.decision.call.shown, **result}


def decided(decisions: Sequence[Decision], agent: Agent, service: Service) -> list[Decided]:
    """Runs what is approved, one after the other. Raises ApiError 400 before anything has run."""
    for decision in decisions:
        if decision.call.name not in agent.confirmed_tools:
            known = ", ".join(sorted(agent.confirmed_tools)) or "none"
            message = f"{decision.where}.name must be one of the tools that need approval: {known}"
            raise invalid(f"{decision.where}.name", message)
    return [_run(decision, agent, service) if decision.approved else _declined(decision) for decision in decisions]


def messages_of(results: Sequence[Decided]) -> list[dict[str, Any]]:
    """The call and its result: the session of the harness has neither."""
    uses = [
        {"toolUse": {"toolUseId": call.id, "name": call.name, "input": call.arguments}}
        for call in (result.decision.call for result in results)
    ]
    answers = [
        {
            "toolResult": {
                "toolUseId": result.decision.call.id,
                "content": [{"text": result.text}],
                "status": result.status,
            }
        }
        for result in results
    ]
    return [{"role": "assistant", "content": uses}, {"role": "user", "content": answers}]


def _declined(decision: Decision) -> Decided:
    return Decided(decision, f"{DECLINED}: {decision.reason}" if decision.reason else DECLINED, "error", None)


def _run(decision: Decision, agent: Agent, service: Service) -> Decided:
    """A failure is a result, too: the agent tells the user."""
    call = decision.call
    context = {TOOL_NAME_CONTEXT: f"{call.name}___{TOOL_IN_TARGET}", APPROVED_CALL_CONTEXT: call.id}
    started = service.clock()
    try:
        reply = service.clients.invoke_function(
            agent.confirmed_tools[call.name], call.arguments, context, read_seconds=READ_SECONDS
        )
    except OSError:
        text = "the tool did not answer in time; it may have done its work all the same"
        return Decided(decision, text, "error", _milliseconds(service, started))
    except Exception:
        return Decided(decision, "the tool could not be called", "error", _milliseconds(service, started))
    failed = "x-amz-function-error" in reply.headers
    text = _failure(reply.body) if failed else reply.body.decode("utf-8", "replace")
    text = text[:MAX_RESULT_CHARACTERS] or "null"
    return Decided(decision, text, "error" if failed else "success", _milliseconds(service, started))


def _milliseconds(service: Service, started: float) -> int:
    return round((service.clock() - started) * 1000)


def _failure(body: bytes) -> str:
    """The message of the error without its traceback."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    message = found.get("errorMessage") if isinstance(found, dict) else None
    return f"the tool failed: {message}" if message else "the tool failed"
