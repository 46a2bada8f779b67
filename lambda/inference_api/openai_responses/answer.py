"""A response of Converse -> the object `response` of OpenAI."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inference_api.errors import ApiError, not_completed
from inference_api.knowledge_search import SEARCH
from inference_api.openai_responses.output import COMPLETED, INCOMPLETE, Call, Item, Message, Reasoning, Search
from inference_api.openai_usage import Usage, usage_of

# Stop reason of Converse -> reason of `incomplete_details`, None for a whole answer.
STOP_REASONS = {
    "end_turn": None,
    "stop_sequence": None,
    "tool_use": None,
    "max_tokens": "max_output_tokens",
    "model_context_window_exceeded": "max_output_tokens",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}


class Envelope(NamedTuple):
    """What a response says of itself. `created`: seconds since 1970. `settings`: what it repeats of its request.

    `summary`: reasoning is sent as its summary. `one_tool_call`: only the first call is sent. `results`: the
    passages of a search are sent.
    """

    id: str
    created: int
    alias: str
    fingerprint: str
    served_by: Mapping[str, Any] | None
    settings: Mapping[str, Any]
    tool_names: Mapping[str, str]
    summary: bool
    one_tool_call: bool
    results: bool

    def response(self, status: str, output: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        return {
            "id": f"resp_{self.id}",
            "object": "response",
            "created_at": self.created,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self.alias,
            "system_fingerprint": self.fingerprint,
            "served_by": self.served_by,
            **self.settings,
            "output": output,
            "usage": None,
            **more,
        }

    def call(self, use: Mapping[str, Any], index: int) -> Call:
        name = self.tool_names.get(use["name"], use["name"])
        return Call(self.id, index, call_id=use["toolUseId"], name=name)

    def search(self, value: Mapping[str, Any], index: int) -> Search:
        return Search(self.id, index, query=value["query"], results=self.results)


def incomplete_reason(reason: str) -> str | None:
    """None for a whole answer. Raises ApiError 502 if the model did not complete its answer."""
    if reason not in STOP_REASONS:
        raise not_completed(reason)
    return STOP_REASONS[reason]


def response(answer: Mapping[str, Any], envelope: Envelope) -> dict[str, Any]:
    """The object for a response of Converse. Raises ApiError 502 if the model did not complete its answer."""
    items = _items(answer["output"]["message"].get("content", []), envelope)
    usage = usage_of(answer["usage"], answer.get("additionalModelResponseFields"))
    return ended(envelope, items, incomplete_reason(answer["stopReason"]), usage)


def ended(envelope: Envelope, items: Sequence[Item], reason: str | None, usage: Usage | None) -> dict[str, Any]:
    """`reason`: of an incomplete answer, whose last item may be a part."""
    status = INCOMPLETE if reason else COMPLETED
    output = [item.item(COMPLETED) for item in items[:-1]] + [item.item(status) for item in items[-1:]]
    details = {"reason": reason} if reason else None
    return envelope.response(status, output, incomplete_details=details, usage=_shown(usage) if usage else None)


def failed(envelope: Envelope, items: Sequence[Item], error: ApiError) -> dict[str, Any]:
    """For a stream that breaks off. OpenAI's clients know these codes of a response only."""
    code = "rate_limit_exceeded" if error.status == 429 else "server_error"
    code = "invalid_prompt" if error.status == 400 else code
    output = [item.item(COMPLETED) for item in items[:-1]] + [item.item(INCOMPLETE) for item in items[-1:]]
    return envelope.response("failed", output, error={"code": code, "message": error.message})


def _items(blocks: Sequence[Mapping[str, Any]], envelope: Envelope) -> list[Item]:
    items: list[Item] = []
    calls = 0
    for block in blocks:
        if block.get("text") or block.get("citations"):
            _said(block, items, envelope)
        elif SEARCH in block:
            search = envelope.search(block[SEARCH], len(items))
            search.found(block[SEARCH]["passages"])
            items.append(search)
        elif "reasoningContent" in block:
            reasoning = Reasoning(envelope.id, len(items), summary=envelope.summary)
            content = block["reasoningContent"]
            list(reasoning.more(content.get("reasoningText", content)))
            items.append(reasoning)
        elif "toolUse" in block:
            calls += 1
            if calls == 1 or not envelope.one_tool_call:
                call = envelope.call(block["toolUse"], len(items))
                list(call.more(json.dumps(block["toolUse"]["input"], ensure_ascii=False)))
                items.append(call)
    return items


def _said(block: Mapping[str, Any], items: list[Item], envelope: Envelope) -> None:
    last = items[-1] if items else None
    message = last if isinstance(last, Message) else Message(envelope.id, items)
    message.parts.append(block["text"])
    for citation in block.get("citations", ()):
        list(message.cited(citation))
    if message is not last:
        items.append(message)


def _shown(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning or 0},
        "total_tokens": usage.total,
    }
