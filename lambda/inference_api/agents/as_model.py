"""An agent as the model `agent:NAME` of OpenAI's dialects: what Converse would answer, from InvokeHarness.

The conversation is the client's: each request has all of it and gets a session of its own. A call that a person has to
approve is a call of a tool; its result is "approve" or "reject".
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inference_api.agents.approvals import Call
from inference_api.agents.callers import Caller, checked_key
from inference_api.agents.conversation import AgentAnswer, Message, answered
from inference_api.agents.invocation import agent_named
from inference_api.agents.request import Decision
from inference_api.agents.turn import APPROVAL, LIMITS
from inference_api.aws.client import SILENCE, Event
from inference_api.errors import failure_name
from inference_api.fallback import Served
from inference_api.fields import invalid
from inference_api.messages import append
from kit_contract.agents import MODEL_PREFIX

if TYPE_CHECKING:
    from inference_api.conversation import Turn
    from inference_api.found_passages import KnowledgeSearch
    from inference_api.http_messages import Facts
    from inference_api.service import Service

APPROVE, REJECT = "approve", "reject"
# Of the request in Converse's words -> what it is called there and here.
_NOT_TAKEN = {
    "system": "system messages",
    "toolConfig": "tools",
    "serviceTier": "service_tier",
    "outputConfig": "effort",
}
_TAKEN = ("text", "toolUse", "toolResult", "cachePoint")
_OWN_LIMIT = {"maxTokens"}  # most clients send one; the agent's own limit counts
_REASONS = {APPROVAL: "tool_use", "hook_stopped": "content_filtered"} | dict.fromkeys(LIMITS, "max_tokens")


def converse(turn: Turn, search: KnowledgeSearch | None, service: Service, facts: Facts) -> Served[dict[str, Any]]:
    """As searched_answers.converse."""
    answer = _asked(turn, search, service, facts, stream=False)
    answer.read(service, facts)
    text = [{"text": answer.turn.text}] if answer.turn.text else []
    uses = [
        {"toolUse": {"toolUseId": call.id, "name": call.name, "input": call.arguments}} for call in _asked_for(answer)
    ]
    response = {
        "output": {"message": {"role": "assistant", "content": [*text, *uses]}},
        "stopReason": _reason(answer),
        "usage": _usage(answer),
        "metrics": {"latencyMs": facts.attempts[-1].milliseconds},
    }
    return _served(response, facts)


def converse_stream(
    turn: Turn, search: KnowledgeSearch | None, service: Service, facts: Facts
) -> Served[Generator[Event, None, None]]:
    """As searched_answers.converse_stream."""
    answer = _asked(turn, search, service, facts, stream=True)
    events = _events(answer, service, facts)
    next(events)  # begins it: only then does closing it end the call
    return _served(events, facts)


def _served(answer: Any, facts: Facts) -> Served[Any]:
    return Served(answer, facts.attempts[-1].target, 1)


def _asked(turn: Turn, search: KnowledgeSearch | None, service: Service, facts: Facts, *, stream: bool) -> AgentAnswer:
    name = turn.alias.removeprefix(MODEL_PREFIX)
    agent_named(name, service)
    _refuse_settings(turn, search)
    key_name = checked_key(facts.key_name)
    history, decisions = _conversation(turn.request["messages"])
    # Calls are signed for the model, not for the session: each request has another one.
    caller = Caller(name, key_name, "", turn.alias)
    fresh = Caller(name, key_name, "", service.new_id())
    return answered(history, decisions, caller, service, facts, stream=stream, session=fresh)


def _refuse_settings(turn: Turn, search: KnowledgeSearch | None) -> None:
    """Raises ApiError 400: what would be ignored could change the answer."""
    given = [name for key, name in _NOT_TAKEN.items() if key in turn.request]
    given += sorted(set(turn.request.get("inferenceConfig", {})) - _OWN_LIMIT)
    given += ["file_search"] if search else []
    given += ["response_format"] if turn.answer_schema else []
    given += ["reasoning"] if turn.model_fields or "additionalModelRequestFields" in turn.request else []
    if given:
        message = f"an agent has its own instructions, tools and settings; leave out: {', '.join(given)}"
        raise invalid("model", message, code="unsupported_value")


def _conversation(messages: Sequence[Mapping[str, Any]]) -> tuple[list[Message], list[Decision]]:
    """The messages with their texts, and the decisions in the last one. Earlier calls are in the texts after them."""
    history: list[Message] = []
    shown: dict[str, Call] = {}
    for index, message in enumerate(messages):
        blocks = message["content"]
        uses = [block["toolUse"] for block in blocks if "toolUse" in block]
        shown |= {use["toolUseId"]: Call(use["toolUseId"], use["name"], use["input"]) for use in uses}
        append(history, message["role"], _texts(blocks, f"messages[{index}]"))
    last = messages[-1]["content"]
    results = [block["toolResult"] for block in last if "toolResult" in block]
    if results and any("text" in block for block in last):
        raise invalid("messages", "send what the user says in the request after the one that approves or rejects")
    return history, [_decision(result, shown) for result in results]


def _texts(blocks: Sequence[Mapping[str, Any]], where: str) -> list[dict[str, str]]:
    if any(block.keys().isdisjoint(_TAKEN) for block in blocks):
        raise invalid(where, f"{where}: agents take text only; leave images and documents out")
    return [{"text": block["text"]} for block in blocks if "text" in block]


def _decision(result: Mapping[str, Any], shown: Mapping[str, Call]) -> Decision:
    where = "messages: the result of a tool"
    call = shown.get(result["toolUseId"])
    if call is None:
        raise invalid("messages", f"{where} has no call before it; send the agent's message too", code="unknown_call")
    word, _, reason = "".join(block.get("text", "") for block in result["content"]).strip().partition(":")
    if word.strip().lower() not in (APPROVE, REJECT):
        raise invalid("messages", f'{where} must be "{APPROVE}", "{REJECT}" or "{REJECT}: why"')
    return Decision(call, word.strip().lower() == APPROVE, reason.strip(), where)


def _events(answer: AgentAnswer, service: Service, facts: Facts) -> Generator[Event, None, None]:
    """Those of ConverseStream: one text, then the calls that wait for a person."""
    try:
        yield SILENCE
        yield Event("messageStart", {"role": "assistant"})
        for part in answer.parts(service, facts):
            if isinstance(part, str):
                yield Event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": part}})
            else:
                yield SILENCE
        if answer.turn.texts:
            yield Event("contentBlockStop", {"contentBlockIndex": 0})
        for index, call in enumerate(_asked_for(answer), start=1):
            at = {"contentBlockIndex": index}
            yield Event("contentBlockStart", {**at, "start": {"toolUse": {"toolUseId": call.id, "name": call.name}}})
            said = json.dumps(call.arguments, ensure_ascii=False)
            yield Event("contentBlockDelta", {**at, "delta": {"toolUse": {"input": said}}})
            yield Event("contentBlockStop", at)
        yield Event("messageStop", {"stopReason": _reason(answer)})
        yield Event("metadata", {"usage": _usage(answer), "metrics": {"latencyMs": facts.attempts[-1].milliseconds}})
    except Exception as error:
        facts.error = failure_name(error)
        raise
    finally:
        answer.close()


def _asked_for(answer: AgentAnswer) -> list[Any]:
    return answer.turn.waiting if answer.stop_reason == APPROVAL else []


def _reason(answer: AgentAnswer) -> str:
    return _REASONS.get(answer.stop_reason, answer.stop_reason)


def _usage(answer: AgentAnswer) -> dict[str, Any]:
    return {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0, **answer.turn.usage}
