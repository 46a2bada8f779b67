"""The events of ConverseStream -> those of a streamed response.

https://developers.openai.com/api/reference/resources/responses/streaming-events
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from json.encoder import encode_basestring
from typing import Any

from inference_api.aws.client import SILENCE, Event
from inference_api.errors import api_error, failure_name
from inference_api.http_messages import Facts
from inference_api.knowledge_search import SEARCH
from inference_api.openai_errors import error_body
from inference_api.openai_responses.answer import Envelope, ended, failed, incomplete_reason
from inference_api.openai_responses.output import (
    COMPLETED,
    IN_PROGRESS,
    INCOMPLETE,
    Call,
    Item,
    Message,
    Piece,
    Reasoning,
    Search,
)
from inference_api.openai_usage import Usage, usage_of

_DELTA = "response.output_text.delta"


def streamed(events: Generator[Event, None, None], envelope: Envelope, facts: Facts) -> Iterator[bytes]:
    """Server-sent events. The last one says how the response ended: completed, incomplete or failed, and `error`."""
    writer = _Writer(envelope)
    try:
        with closing(events):
            yield writer.started()
            for event in events:
                if part := writer.part(event):
                    yield part
        yield writer.ended()
    except Exception as failure:
        facts.error = failure_name(failure)
        yield writer.failed(failure)


class _Writer:
    """The events of one response. Each has the next sequence number."""

    def __init__(self, envelope: Envelope) -> None:
        self._envelope = envelope
        self._sequence = 0
        self._items: list[Item] = []
        self._open: Item | None = None  # the last of the items, until the next one begins: the model may stop within it
        self._text: Message | None = None  # the open item if it is a message
        self._block: Any = None  # contentBlockIndex of the open item
        self._calls = 0
        self._delta_start = ""
        self._reason: str | None = None
        self._more: Mapping[str, Any] | None = None  # what only this model says of its answer
        self._usage: Usage | None = None

    def started(self) -> bytes:
        response = {"response": self._envelope.response(IN_PROGRESS, [])}
        return self._events([("response.created", response), ("response.in_progress", response)])

    def part(self, event: Event) -> bytes | None:
        """None if the event adds nothing to the answer that this dialect has."""
        name, value = event
        if name == "contentBlockDelta":
            delta = value["delta"]
            return self._text_delta(delta["text"]) if delta.get("text") else self._other_delta(delta, value)
        if event is SILENCE:
            return b": still waiting\n\n"
        if name == "contentBlockStart":
            return self._call(value)
        if name == "messageStop":
            self._reason = incomplete_reason(value["stopReason"])
            self._more = value.get("additionalModelResponseFields")
            return self._end(INCOMPLETE if self._reason else COMPLETED)
        if name == "metadata":
            self._usage = usage_of(value["usage"], self._more)
        return self._search(value) if name == SEARCH else None

    def ended(self) -> bytes:
        response = ended(self._envelope, self._items, self._reason, self._usage)
        return self._events([(f"response.{response['status']}", {"response": response})])

    def failed(self, failure: Exception) -> bytes:
        error = api_error(failure)
        response = failed(self._envelope, self._items, error)
        body = error_body(error)["error"]
        # OpenAI describes the fields beside `type` and sends those in `error`, by which its clients raise it.
        flat = {name: body[name] for name in ("code", "message", "param")}
        return self._events([("response.failed", {"response": response}), ("error", {**flat, "error": body})])

    def _text_delta(self, text: str) -> bytes:
        """What `_events` makes of text, quicker: most events are text."""
        item = self._text
        if item is None:
            return self._message()[1] + self._text_delta(text)
        item.parts.append(text)
        number = self._sequence
        self._sequence = number + 1
        return f'{self._delta_start}{number}, "delta": {encode_basestring(text)}}}\n\n'.encode("utf-8", "replace")

    def _message(self) -> tuple[Message, bytes]:
        """The open one, or a new one with its first events."""
        if self._text:
            return self._text, b""
        item = Message(self._envelope.id, self._items)
        opened = self._begin(item, None)
        self._text = item
        place = json.dumps({"type": _DELTA, **item.place, "logprobs": []})[:-1]
        self._delta_start = f'event: {_DELTA}\ndata: {place}, "sequence_number": '
        return item, opened

    def _other_delta(self, delta: Mapping[str, Any], value: Mapping[str, Any]) -> bytes | None:
        block = value.get("contentBlockIndex", 0)
        if "toolUse" in delta:
            call = self._open
            if not isinstance(call, Call) or self._block != block:
                return None
            return self._events(call.more(delta["toolUse"]["input"]))
        if "start" in delta.get("citation", {}):  # not one that a model makes of a document by itself
            message, opened = self._message()
            return opened + self._events(message.cited(delta["citation"]))
        if "reasoningContent" not in delta:
            return None
        item, opened = self._open, b""
        if not isinstance(item, Reasoning) or self._block != block:
            item = Reasoning(self._envelope.id, len(self._items), summary=self._envelope.summary)
            opened = self._begin(item, block)
        return opened + self._events(item.more(delta["reasoningContent"]))

    def _call(self, value: Mapping[str, Any]) -> bytes | None:
        use = value.get("start", {}).get("toolUse")
        if not use:
            return None
        self._calls += 1
        if self._envelope.one_tool_call and self._calls > 1:
            return None
        return self._begin(self._envelope.call(use, len(self._items)), value.get("contentBlockIndex", 0))

    def _search(self, value: Mapping[str, Any]) -> bytes:
        if "passages" not in value:
            return self._begin(self._envelope.search(value, len(self._items)), None)
        if isinstance(self._open, Search):
            self._open.found(value["passages"])
        return self._end(COMPLETED)

    def _begin(self, item: Item, block: Any) -> bytes:
        ended = self._end(COMPLETED)
        self._items.append(item)
        self._open, self._block = item, block
        return ended + self._events(item.begun())

    def _end(self, status: str) -> bytes:
        item, self._open, self._text, self._block = self._open, None, None, None
        if item is None:
            return b""
        whole = self._events(item.ended())
        done = {"output_index": item.index, "item": item.item(status)}
        return whole + self._events([("response.output_item.done", done)])

    def _events(self, pieces: Iterable[Piece]) -> bytes:
        return b"".join(self._event(kind, fields) for kind, fields in pieces)

    def _event(self, kind: str, fields: Mapping[str, Any]) -> bytes:
        value = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        content = json.dumps(value, ensure_ascii=False)
        return f"event: {kind}\ndata: {content}\n\n".encode("utf-8", "replace")
