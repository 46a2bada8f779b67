"""What an agent answers: a JSON object, or server-sent events: start, text, tool_call, tool_result, requires_approval,
then end or error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from inference_api.agents.conversation import AgentAnswer
from inference_api.agents.turn import APPROVAL
from inference_api.errors import api_error, failure_name
from inference_api.openai_errors import error_body

if TYPE_CHECKING:
    from inference_api.http_messages import Facts
    from inference_api.service import Service

_KEEP_ALIVE = b": still waiting\n\n"
_USAGE = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "totalTokens": "total_tokens",
    "cacheReadInputTokens": "cache_read_input_tokens",
    "cacheWriteInputTokens": "cache_write_input_tokens",
}


def whole(answer: AgentAnswer, service: Service, facts: Facts) -> dict[str, Any]:
    """Raises ApiError 502 if the agent has not finished."""
    answer.read(service, facts)
    tools = [*(one.shown for one in answer.decided), *(call.shown for call in answer.turn.calls)]
    return {
        "agent": answer.caller.agent,
        "session_id": answer.caller.session_id,
        "output": answer.turn.text,
        "tools": tools,
        **_ending(answer),
        "served_by": facts.shown_served_by,
    }


def server_sent(answer: AgentAnswer, service: Service, facts: Facts) -> Iterator[bytes]:
    """An error after the first event is an event too. Only what has an `end` is whole."""
    try:
        start = {"agent": answer.caller.agent, "session_id": answer.caller.session_id}
        yield _event("start", {**start, "served_by": facts.shown_served_by})
        for one in answer.decided:
            yield _event("tool_result", one.shown)
        for part in answer.parts(service, facts):
            if part is None:
                yield _KEEP_ALIVE
            elif isinstance(part, str):
                yield f'event: text\ndata: {{"text": {encode_basestring(part)}}}\n\n'.encode("utf-8", "replace")
            elif part.status is None:
                yield _event("tool_call", part.asked)
            else:
                yield _event("tool_result", part.shown)
        ending = _ending(answer)
        if calls := ending.get(APPROVAL):
            yield _event(APPROVAL, {"calls": calls})
        yield _event("end", {"session_id": answer.caller.session_id, **ending})
    except Exception as failure:
        facts.error = failure_name(failure)
        yield _event("error", error_body(api_error(failure)))
    finally:
        answer.close()


def _ending(answer: AgentAnswer) -> dict[str, Any]:
    usage = {name: answer.turn.usage[key] for key, name in _USAGE.items() if key in answer.turn.usage}
    waits = {APPROVAL: [call.asked for call in answer.turn.waiting]} if answer.stop_reason == APPROVAL else {}
    return {"stop_reason": answer.stop_reason, **waits, "usage": usage or None}


def _event(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
