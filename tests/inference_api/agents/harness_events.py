"""Events of InvokeHarness as the harness sends them: messages of the assistant, and of the user with results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from inference_api.aws.client import Event

USAGE = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}


def text_message(*texts: str, reason: str = "end_turn") -> list[Event]:
    deltas = [Event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}) for text in texts]
    stop = Event("contentBlockStop", {"contentBlockIndex": 0})
    return [Event("messageStart", {"role": "assistant"}), *deltas, stop, Event("messageStop", {"stopReason": reason})]


def call_message(*calls: tuple[str, str, Mapping[str, Any]], text: str = "") -> list[Event]:
    """`calls`: (id, name, arguments). The arguments come in two parts."""
    events = [Event("messageStart", {"role": "assistant"})]
    if text:
        events += text_message(text)[1:3]
    for index, (identifier, name, arguments) in enumerate(calls, start=1):
        at = {"contentBlockIndex": index}
        said = json.dumps(arguments)
        use = {"toolUseId": identifier, "name": name, "type": "tool_use"}
        events.append(Event("contentBlockStart", {**at, "start": {"toolUse": use}}))
        for part in (said[:4], said[4:]):
            events.append(Event("contentBlockDelta", {**at, "delta": {"toolUse": {"input": part}}}))
        events.append(Event("contentBlockStop", at))
    return [*events, Event("messageStop", {"stopReason": "tool_use"})]


def result_message(*results: tuple[str, str, str]) -> list[Event]:
    """`results`: (id, status, text)."""
    events = [Event("messageStart", {"role": "user"})]
    for index, (identifier, status, text) in enumerate(results):
        at = {"contentBlockIndex": index}
        start = {"toolResult": {"toolUseId": identifier, "status": status}}
        events.append(Event("contentBlockStart", {**at, "start": start}))
        events.append(Event("contentBlockDelta", {**at, "delta": {"toolResult": [{"text": text}]}}))
        events.append(Event("contentBlockStop", at))
    return [*events, Event("messageStop", {"stopReason": "tool_result"})]


def metadata() -> Event:
    return Event("metadata", {"usage": USAGE, "metrics": {"latencyMs": 42}})


ORDER: tuple[str, str, Mapping[str, Any]] = ("tooluse_1", "order-status___call", {"order": "A-1"})
LOOKED_UP = [
    *call_message(ORDER, text="I look."),
    metadata(),
    *result_message(("tooluse_1", "success", '{"status": "shipped"}')),
    *text_message("It is ", "shipped."),
    metadata(),
]
TICKET: tuple[str, str, Mapping[str, Any]] = ("tooluse_2", "create-ticket", {"title": "Broken", "priority": 2})
ASKS = [*call_message(TICKET, text="Shall I?"), metadata()]
DONE = [*text_message("Created."), metadata()]
