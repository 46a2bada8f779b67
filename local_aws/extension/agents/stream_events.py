"""The event stream of InvokeHarness: what the model's events, tool results and ends of the loop become.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeHarnessStreamOutput.html
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-get-started.html (Streaming response format)
"""

import json
from collections.abc import Iterator
from typing import Any

from ministack.services import bedrock_runtime

Event = dict[str, Any]
# Ends of the Strands loop -> ends of the harness.
STOPPED = {
    "limit_turns": "max_iterations_exceeded",
    "limit_output_tokens": "max_output_tokens_exceeded",
    "limit_total_tokens": "max_output_tokens_exceeded",
}
TIMEOUT, TOOL_RESULT = "timeout_exceeded", "tool_result"


class ModelEvents:
    """Passes a model's events on, without empty blocks and without its metadata, which one event at the end sums up."""

    def __init__(self) -> None:
        self.usage = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
        self._numbers: dict[int, int] = {}  # of the blocks of this message: the model's -> ours

    def passed(self, event: Event) -> Iterator[Event]:
        if "metadata" in event:
            for name in self.usage:
                self.usage[name] += event["metadata"].get("usage", {}).get(name, 0)
            return
        (kind, content), *_ = event.items()
        if kind == "messageStart":
            self._numbers.clear()
        index = content.get("contentBlockIndex")
        empty = kind == "contentBlockDelta" and content["delta"].get("text") == ""
        if index is None:
            yield event
        elif not empty and (kind != "contentBlockStop" or index in self._numbers):
            number = self._numbers.setdefault(index, len(self._numbers))
            yield {kind: {**content, "contentBlockIndex": number}}

    def metadata(self, milliseconds: int) -> Event:
        return {"metadata": {"usage": self.usage, "metrics": {"latencyMs": milliseconds}}}


def tool_results(message: dict[str, Any]) -> Iterator[Event]:
    """A message with the results of tools."""
    yield {"messageStart": {"role": "user"}}
    results = [block["toolResult"] for block in message["content"] if "toolResult" in block]
    for number, result in enumerate(results):
        start = {"toolUseId": result["toolUseId"], "status": result.get("status", "success")}
        yield {"contentBlockStart": {"contentBlockIndex": number, "start": {"toolResult": start}}}
        yield {"contentBlockDelta": {"contentBlockIndex": number, "delta": {"toolResult": result["content"]}}}
        yield {"contentBlockStop": {"contentBlockIndex": number}}
    yield stop(TOOL_RESULT)


def is_text(event: Event) -> bool:
    return "text" in event.get("contentBlockDelta", {}).get("delta", {})


def stop(reason: str) -> Event:
    return {"messageStop": {"stopReason": reason}}


def frame(event: Event) -> bytes:
    """The bytes of an event."""
    (kind, content), *_ = event.items()
    encoded: bytes = bedrock_runtime._es_event(kind, content)
    return encoded


def failure_frame(code: str, message: str) -> bytes:
    """An error that ends the stream; `code` is a member of InvokeHarnessStreamOutput."""
    names = {":message-type": "exception", ":exception-type": code, ":content-type": "application/json"}
    encoded: bytes = bedrock_runtime._es_encode_message(names, json.dumps({"message": message}).encode())
    return encoded
