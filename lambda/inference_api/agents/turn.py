"""The events of InvokeHarness -> what the agent says and does: texts, calls of tools, their results.

One invocation has several messages: the assistant's with calls, the user's with results, and the last one. Each ends
with `messageStop`, so that only the stop reason of the last one says that the agent has finished.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-get-started.html (Streaming response format)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from inference_api.aws.client import Event
from inference_api.errors import ApiError, not_completed
from kit_contract.agents import plain_tool_name

APPROVAL = "requires_approval"
_WAITING = "tool_use"  # for the result of an inline function
_GOES_ON = ("tool_result", "partial_turn", "interrupted")
# The agent ended before it was done. What it has said so far is its answer.
LIMITS = (
    *("max_tokens", "max_iterations_exceeded", "max_output_tokens_exceeded", "timeout_exceeded"),
    "model_context_window_exceeded",
)
BLOCKED = ("content_filtered", "guardrail_intervened")  # the second one is Converse's; InvokeHarness lists the first
FINISHED = ("end_turn", "stop_sequence", "hook_stopped", *BLOCKED, *LIMITS)
_PARAGRAPH = "\n\n"  # between what the agent says before and after a call


class ToolCall:
    """`status`: "success", "error", "requires_approval", or None without a result. `milliseconds`: until its result."""

    def __init__(self, tool_use_id: str, name: str, started: float) -> None:
        self.id = tool_use_id
        self.name = name
        self.arguments: Mapping[str, Any] = {}
        self.status: str | None = None
        self.milliseconds: int | None = None
        self.started = started
        self.said: list[str] = []

    @property
    def asked(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "arguments": self.arguments}

    @property
    def shown(self) -> dict[str, Any]:
        return {**self.asked, "status": self.status, "milliseconds": self.milliseconds}


Part = str | ToolCall  # a text; a call that is complete, or has its result


class AgentTurn:
    """One invocation so far. `confirmed`: the tools that a person approves. `clock`: seconds."""

    def __init__(self, confirmed: Collection[str], clock: Callable[[], float]) -> None:
        self.texts: list[str] = []
        self.calls: list[ToolCall] = []
        self.usage: dict[str, Any] = {}
        self._confirmed = confirmed
        self._clock = clock
        self._stop_reason: str | None = None
        self._open: dict[int, ToolCall] = {}  # contentBlockIndex -> the call that the block is, or whose result
        self._results: dict[int, str] = {}  # contentBlockIndex -> status
        self._role = "assistant"
        self._gap = ""

    def seen(self, event: Event) -> Part | None:
        """What `event` completes. Raises ApiError 502 for arguments that are not JSON."""
        name, value = event
        if name == "contentBlockDelta":
            return self._delta(value.get("contentBlockIndex", 0), value.get("delta", {}))
        if name == "contentBlockStart":
            self._start(value.get("contentBlockIndex", 0), value.get("start", {}))
        elif name == "contentBlockStop":
            return self._end_of(value.get("contentBlockIndex", 0))
        elif name == "messageStart":
            self._role, self._stop_reason = value.get("role", "assistant"), None
            self._open, self._results = {}, {}
            self._gap = _PARAGRAPH if self.texts else ""
        elif name == "messageStop":
            self._stop_reason = value["stopReason"]
        elif name == "metadata":
            for key, count in value.get("usage", {}).items():
                self.usage[key] = self.usage.get(key, 0) + count
        return None

    @property
    def waiting(self) -> list[ToolCall]:
        """The calls that a person has to approve."""
        return [call for call in self.calls if call.name in self._confirmed and call.status in (None, APPROVAL)]

    def end(self) -> str:
        """The stop reason. Raises ApiError 502 if the stream has ended before the agent had."""
        reason = self._stop_reason
        if reason == _WAITING and self.waiting:
            return APPROVAL
        if reason is None or reason == _WAITING or reason in _GOES_ON:
            raise cut()
        if reason not in FINISHED:
            raise not_completed(reason)
        return reason

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def _delta(self, index: int, delta: Mapping[str, Any]) -> str | None:
        if "text" in delta and self._role == "assistant":
            text, self._gap = f"{self._gap}{delta['text']}", ""
            self.texts.append(text)
            return text
        if "toolUse" in delta and index in self._open:
            self._open[index].said.append(delta["toolUse"].get("input", ""))
        return None

    def _start(self, index: int, start: Mapping[str, Any]) -> None:
        if use := start.get("toolUse"):
            self._open[index] = ToolCall(use["toolUseId"], plain_tool_name(use["name"]), self._clock())
        elif result := start.get("toolResult"):
            found = [call for call in self.calls if call.id == result["toolUseId"]]
            if found:
                self._open[index], self._results[index] = found[-1], result.get("status", "success")

    def _end_of(self, index: int) -> ToolCall | None:
        call = self._open.pop(index, None)
        if call is None:
            return None
        if index in self._results:
            call.status = self._results.pop(index)
            call.milliseconds = round((self._clock() - call.started) * 1000)
        else:
            call.arguments = _arguments("".join(call.said))
            self.calls.append(call)
        return call


def _arguments(text: str) -> dict[str, Any]:
    """Some models call a tool without arguments with an empty text."""
    try:
        found = json.loads(text) if text.strip() else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise not_completed("malformed_tool_use")
    return found


def cut() -> ApiError:
    message = (
        "the answer broke off: the stream ended before the agent had finished; its tools may have run, so look at what "
        "they did before you send the request again"
    )
    return ApiError(502, "stream_cut", message)
