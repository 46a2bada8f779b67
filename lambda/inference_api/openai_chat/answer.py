"""A response of Converse -> a chat completion; its events -> chunks."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from inference_api.aws.client import SILENCE, Event
from inference_api.errors import api_error, failure_name, not_completed
from inference_api.http_messages import Facts
from inference_api.openai_errors import error_body

FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}


class Envelope(NamedTuple):
    """What each part of an answer says of it. `created`: seconds since 1970. `fingerprint`: the model's version."""

    id: str
    created: int
    alias: str
    fingerprint: str
    served_by: Mapping[str, Any] | None

    def fields(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{self.id}",
            "object": kind,
            "created": self.created,
            "model": self.alias,
            "system_fingerprint": self.fingerprint,
            "served_by": self.served_by,
        }


def completion(
    response: Mapping[str, Any], envelope: Envelope, *, tool_names: Mapping[str, str], one_tool_call: bool
) -> dict[str, Any]:
    """The chat.completion object. Raises ApiError 502 if the model did not complete its answer."""
    blocks = response["output"]["message"].get("content", [])
    text = "".join(block["text"] for block in blocks if "text" in block) or None
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    reasoning = "".join(_reasoning(block) for block in blocks)
    if reasoning:
        message["reasoning_content"] = reasoning
    if response.get("citations"):
        message["annotations"] = [_annotation(citation) for citation in response["citations"]]
    calls = [_tool_call(block["toolUse"], tool_names) for block in blocks if "toolUse" in block]
    if calls:
        message["tool_calls"] = calls[:1] if one_tool_call else calls
    finish_reason = finish_reason_of(response["stopReason"])
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    return envelope.fields("chat.completion") | {"choices": [choice], "usage": usage_of(response["usage"])}


def chunks(
    events: Generator[Event, None, None],
    envelope: Envelope,
    *,
    include_usage: bool,
    tool_names: Mapping[str, str],
    one_tool_call: bool,
    facts: Facts,
) -> Iterator[bytes]:
    """The chat.completion.chunk objects as server-sent events. An error after the first one is an event too."""
    writer = _Writer(envelope, tool_names, one_tool_call)
    try:
        with closing(events):
            yield writer.chunk({"role": "assistant", "content": ""})
            for event in events:
                if part := writer.part(event):
                    yield part
        if include_usage:
            yield writer.usage()
        yield b"data: [DONE]\n\n"
    except Exception as failure:
        facts.error = failure_name(failure)
        error = api_error(failure)
        yield b"data: " + json.dumps(error_body(error), ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


class _Writer:
    """The chunks of one answer. All that stays the same is serialized once."""

    def __init__(self, envelope: Envelope, tool_names: Mapping[str, str], one_tool_call: bool) -> None:
        self._start = "data: " + json.dumps(envelope.fields("chat.completion.chunk"))[:-1]
        self._delta_start = self._start + ', "choices": [{"index": 0, "delta": '
        self._tool_names = tool_names
        self._one_tool_call = one_tool_call
        self._calls: dict[int, int] = {}  # contentBlockIndex -> index of the call
        self._usage: dict[str, Any] | None = None

    def part(self, event: Event) -> bytes | None:
        """None if the event adds nothing to the answer that this dialect has."""
        name, value = event
        if name == "contentBlockDelta":
            delta = value["delta"]
            return self._text(delta["text"]) if "text" in delta else self._other_delta(delta, value)
        if event is SILENCE:
            return b": still waiting\n\n"
        if name == "contentBlockStart":
            return self._call(value)
        if name == "messageStop":
            return self.chunk({}, finish_reason_of(value["stopReason"]))
        if name == "metadata":
            self._usage = usage_of(value["usage"])
        return None

    def chunk(self, delta: Mapping[str, Any], finish_reason: str | None = None) -> bytes:
        end = f', "logprobs": null, "finish_reason": {json.dumps(finish_reason)}}}]}}\n\n'
        return f"{self._delta_start}{json.dumps(delta, ensure_ascii=False)}{end}".encode("utf-8", "replace")

    def usage(self) -> bytes:
        return f'{self._start}, "choices": [], "usage": {json.dumps(self._usage)}}}\n\n'.encode()

    def _text(self, text: str) -> bytes:
        """What `chunk` makes of text, quicker: most chunks are text."""
        delta = f'{{"content": {encode_basestring(text)}}}'
        return f'{self._delta_start}{delta}, "logprobs": null, "finish_reason": null}}]}}\n\n'.encode(
            "utf-8", "replace"
        )

    def _other_delta(self, delta: Mapping[str, Any], value: Mapping[str, Any]) -> bytes | None:
        index = self._calls.get(value.get("contentBlockIndex", 0))
        if "toolUse" in delta and index is not None:
            return self.chunk({"tool_calls": [{"index": index, "function": {"arguments": delta["toolUse"]["input"]}}]})
        if "start" in delta.get("citation", {}):  # not one that a model makes of a document by itself
            return self.chunk({"annotations": [_annotation(delta["citation"])]})
        reasoning = delta.get("reasoningContent", {}).get("text")
        return self.chunk({"reasoning_content": reasoning}) if reasoning else None

    def _call(self, value: Mapping[str, Any]) -> bytes | None:
        use = value.get("start", {}).get("toolUse")
        if not use or (self._one_tool_call and self._calls):
            return None
        index = self._calls[value.get("contentBlockIndex", 0)] = len(self._calls)
        function = {"name": self._tool_names.get(use["name"], use["name"]), "arguments": ""}
        call = {"index": index, "id": use["toolUseId"], "type": "function", "function": function}
        return self.chunk({"tool_calls": [call]})


def finish_reason_of(reason: str) -> str:
    """Raises ApiError 502 if the model did not complete its answer."""
    if reason not in FINISH_REASONS:
        raise not_completed(reason)
    return FINISH_REASONS[reason]


def usage_of(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Bedrock counts cached tokens apart from the input tokens; OpenAI includes them."""
    read = usage.get("cacheReadInputTokens", 0)
    prompt = usage["inputTokens"] + read + usage.get("cacheWriteInputTokens", 0)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": usage["outputTokens"],
        "total_tokens": prompt + usage["outputTokens"],
        "prompt_tokens_details": {"cached_tokens": read},
    }


def _tool_call(use: Mapping[str, Any], tool_names: Mapping[str, str]) -> dict[str, Any]:
    name = tool_names.get(use["name"], use["name"])
    function = {"name": name, "arguments": json.dumps(use["input"], ensure_ascii=False)}
    return {"id": use["toolUseId"], "type": "function", "function": function}


def _annotation(citation: Mapping[str, Any]) -> dict[str, Any]:
    """Chat completions have no other annotation than this one."""
    place = {"start_index": citation["start"], "end_index": citation["end"]}
    return {"type": "url_citation", "url_citation": {"url": citation["source"], "title": citation["title"], **place}}


def _reasoning(block: Mapping[str, Any]) -> str:
    text: str = block.get("reasoningContent", {}).get("reasoningText", {}).get("text", "")
    return text
