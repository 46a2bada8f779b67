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
from inference_api.openai_usage import Usage, usage_of

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
        """What each chunk has. Who served it is said once."""
        return {
            "id": f"chatcmpl-{self.id}",
            "object": kind,
            "created": self.created,
            "model": self.alias,
            "system_fingerprint": self.fingerprint,
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
    annotations = [_annotation(citation) for block in blocks for citation in block.get("citations", ())]
    if annotations:
        message["annotations"] = annotations
    calls = [_tool_call(block["toolUse"], tool_names) for block in blocks if "toolUse" in block]
    if calls:
        message["tool_calls"] = calls[:1] if one_tool_call else calls
    finish_reason = finish_reason_of(response["stopReason"])
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    usage = usage_of(response["usage"], response.get("additionalModelResponseFields"))
    served_by = {"served_by": envelope.served_by}
    return envelope.fields("chat.completion") | served_by | {"choices": [choice], "usage": _shown(usage)}


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
            yield writer.first()
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
        self._served_by = json.dumps(envelope.served_by)
        self._delta_start = self._start + ', "choices": [{"index": 0, "delta": '
        self._tool_names = tool_names
        self._one_tool_call = one_tool_call
        self._calls: dict[int, int] = {}  # contentBlockIndex -> index of the call
        self._blank: set[int] = set()  # contentBlockIndex of the calls without arguments so far
        self._more: Mapping[str, Any] | None = None  # what only this model says of its answer
        self._usage: dict[str, Any] | None = None

    def first(self) -> bytes:
        opening = self.chunk({"role": "assistant", "content": ""})
        return opening.removesuffix(b"}\n\n") + f', "served_by": {self._served_by}}}\n\n'.encode()

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
        if name == "contentBlockStop" and value.get("contentBlockIndex", 0) in self._blank:
            return self._arguments(value.get("contentBlockIndex", 0), "{}")  # callers parse it as JSON
        if name == "messageStop":
            self._more = value.get("additionalModelResponseFields")
            return self.chunk({}, finish_reason_of(value["stopReason"]))
        if name == "metadata":
            self._usage = _shown(usage_of(value["usage"], self._more))
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
        if "toolUse" in delta:
            return self._arguments(value.get("contentBlockIndex", 0), delta["toolUse"]["input"])
        if "start" in delta.get("citation", {}):  # not one that a model makes of a document by itself
            return self.chunk({"annotations": [_annotation(delta["citation"])]})
        reasoning = delta.get("reasoningContent", {}).get("text")
        return self.chunk({"reasoning_content": reasoning}) if reasoning else None

    def _arguments(self, block: int, text: str) -> bytes | None:
        """None for a call that the caller does not get."""
        index = self._calls.get(block)
        if index is None or not text:
            return None
        self._blank.discard(block)
        return self.chunk({"tool_calls": [{"index": index, "function": {"arguments": text}}]})

    def _call(self, value: Mapping[str, Any]) -> bytes | None:
        use = value.get("start", {}).get("toolUse")
        if not use or (self._one_tool_call and self._calls):
            return None
        block = value.get("contentBlockIndex", 0)
        index = self._calls[block] = len(self._calls)
        self._blank.add(block)
        function = {"name": self._tool_names.get(use["name"], use["name"]), "arguments": ""}
        call = {"index": index, "id": use["toolUseId"], "type": "function", "function": function}
        return self.chunk({"tool_calls": [call]})


def finish_reason_of(reason: str) -> str:
    """Raises ApiError 502 if the model did not complete its answer."""
    if reason not in FINISH_REASONS:
        raise not_completed(reason)
    return FINISH_REASONS[reason]


def _shown(usage: Usage) -> dict[str, Any]:
    reasoning = {} if usage.reasoning is None else {"reasoning_tokens": usage.reasoning}
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read},
        **({"completion_tokens_details": reasoning} if reasoning else {}),
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
