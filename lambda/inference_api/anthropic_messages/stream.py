"""The events of ConverseStream -> those of Anthropic's API.

https://platform.claude.com/docs/en/build-with-claude/streaming
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from json.encoder import encode_basestring
from typing import Any

from inference_api.anthropic_messages.answer import Form, redacted, usage_of
from inference_api.anthropic_messages.errors import error_body
from inference_api.aws.client import SILENCE, Event
from inference_api.errors import api_error, failure_name
from inference_api.http_messages import Facts

_PING = b'event: ping\ndata: {"type": "ping"}\n\n'
_UNKNOWN = {"input_tokens": 0, "output_tokens": 0}  # Bedrock counts at the end


def events_of(events: Generator[Event, None, None], form: Form, *, request_id: str, facts: Facts) -> Iterator[bytes]:
    """Server-sent events. An error after the first one is an event too, and no `message_stop` follows it."""
    writer = _Writer(form)
    try:
        with closing(events):
            yield writer.start()
            for event in events:
                if part := writer.part(event):
                    yield part
        yield writer.end()
    except Exception as failure:
        facts.error = failure_name(failure)
        yield _event(error_body(api_error(failure), request_id))


class _Writer:
    """The events of one answer. Blocks get numbers in the order in which they begin, as some are left out."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._blocks: dict[int, tuple[int, str]] = {}  # contentBlockIndex -> number and type of an open block
        self._number = 0
        self._calls = 0
        self._text_at: int | None = None  # contentBlockIndex of the open block with text
        self._text_start = ""
        self._stop: Mapping[str, Any] = {}
        self._usage: Mapping[str, Any] | None = None

    def start(self) -> bytes:
        value = self._form.message([], _UNKNOWN, {"stop_reason": None, "stop_sequence": None})
        return _event({"type": "message_start", "message": value})

    def part(self, event: Event) -> bytes:
        """Empty if the event adds nothing to the answer that this dialect has."""
        name, value = event
        if name == "contentBlockDelta":
            delta, at = value["delta"], value.get("contentBlockIndex", 0)
            if "text" in delta and at == self._text_at:  # quicker than `_event`: most events are text
                return f"{self._text_start}{encode_basestring(delta['text'])}}}}}\n\n".encode("utf-8", "replace")
            return self._delta(delta, at)
        if event is SILENCE:
            return _PING
        if name == "contentBlockStart":
            return self._call(value)
        if name == "contentBlockStop":
            return self._end_block(value.get("contentBlockIndex", 0))
        if name == "messageStop":
            self._stop = self._form.stop(value)
            return b"".join(self._end_block(at) for at in [*self._blocks])
        if name == "metadata":
            self._usage = usage_of(value["usage"])
        return b""

    def end(self) -> bytes:
        """The usage comes after the stop reason, and both are in one event."""
        usage = self._usage or {"output_tokens": None}
        return _event({"type": "message_delta", "delta": self._stop, "usage": usage}) + _event({"type": "message_stop"})

    def _delta(self, delta: Mapping[str, Any], at: int) -> bytes:
        if "text" in delta:
            if not delta["text"]:  # Bedrock sends one before a call; no block begins with it
                return b""
            return self._in_block(at, "text", {"text": ""}, {"type": "text_delta", "text": delta["text"]})
        if "toolUse" in delta:
            part = {"type": "input_json_delta", "partial_json": delta["toolUse"]["input"]}
            return self._in_block(at, "tool_use", None, part)
        reasoning = delta.get("reasoningContent", {})
        empty = {"thinking": "", "signature": ""}
        if "text" in reasoning:
            return self._in_block(at, "thinking", empty, {"type": "thinking_delta", "thinking": reasoning["text"]})
        if "signature" in reasoning:
            part = {"type": "signature_delta", "signature": reasoning["signature"]}
            return self._in_block(at, "thinking", empty, part)
        if "redactedContent" in reasoning:
            return self._end_block(at) + self._begin_block(at, redacted(reasoning["redactedContent"]))
        return b""

    def _in_block(self, at: int, kind: str, empty: Mapping[str, str] | None, delta: Mapping[str, Any]) -> bytes:
        """The delta, in a new block if none of its type is open. Without `empty` it then belongs to no block."""
        begun = b""
        if self._blocks.get(at, (0, ""))[1] != kind:
            if empty is None:
                return b""
            begun = self._end_block(at) + self._begin_block(at, {"type": kind, **empty})
        return begun + _event({"type": "content_block_delta", "index": self._blocks[at][0], "delta": delta})

    def _begin_block(self, at: int, block: Mapping[str, Any]) -> bytes:
        number, self._number = self._number, self._number + 1
        self._blocks[at] = (number, block["type"])
        if block["type"] == "text":
            self._text_at = at
            start = f'{{"type": "content_block_delta", "index": {number}, "delta": {{"type": "text_delta", "text": '
            self._text_start = f"event: content_block_delta\ndata: {start}"
        return _event({"type": "content_block_start", "index": number, "content_block": block})

    def _end_block(self, at: int) -> bytes:
        if at not in self._blocks:
            return b""
        number, _ = self._blocks.pop(at)
        if at == self._text_at:
            self._text_at = None
        return _event({"type": "content_block_stop", "index": number})

    def _call(self, value: Mapping[str, Any]) -> bytes:
        use = value.get("start", {}).get("toolUse")
        if not use or (self._form.one_tool_call and self._calls):
            return b""
        self._calls += 1
        at = value.get("contentBlockIndex", 0)
        return self._end_block(at) + self._begin_block(at, self._form.tool_use(use, {}))


def _event(value: Mapping[str, Any]) -> bytes:
    return f"event: {value['type']}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
