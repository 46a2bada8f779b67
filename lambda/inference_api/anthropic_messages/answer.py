"""A response of Converse -> a message of Anthropic's API."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inference_api.errors import not_completed

STOP_REASONS = {
    "end_turn": "end_turn",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "model_context_window_exceeded",
    "guardrail_intervened": "refusal",
    "content_filtered": "refusal",
}


class Form(NamedTuple):
    """What an answer says of itself, and what the caller's request makes of it."""

    id: str
    alias: str
    fingerprint: str
    served_by: Mapping[str, Any] | None
    tool_names: Mapping[str, str]
    one_tool_call: bool
    stop_sequences: Sequence[str]

    def message(self, content: Sequence[Any], usage: Mapping[str, Any], stop: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": f"msg_{self.id}",
            "type": "message",
            "role": "assistant",
            "model": self.alias,
            "content": content,
            **stop,
            "usage": usage,
            "system_fingerprint": self.fingerprint,
            "served_by": self.served_by,
        }

    def tool_use(self, use: Mapping[str, Any], value: Any) -> dict[str, Any]:
        name = self.tool_names.get(use["name"], use["name"])
        return {"type": "tool_use", "id": use["toolUseId"], "name": name, "input": value}

    def stop(self, response: Mapping[str, Any]) -> dict[str, str | None]:
        """`response`: Converse's or the event messageStop. Raises ApiError 502 if the answer is not complete."""
        reason = response["stopReason"]
        if reason not in STOP_REASONS:
            raise not_completed(reason)
        sequence = None
        if reason == "stop_sequence":
            found = (response.get("additionalModelResponseFields") or {}).get("stop_sequence")
            sequence = self.stop_sequences[0] if len(self.stop_sequences) == 1 else found
        return {"stop_reason": STOP_REASONS[reason], "stop_sequence": sequence}


def message(response: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """Raises ApiError 502 if the model did not complete its answer."""
    content = []
    calls = 0
    for block in response["output"]["message"].get("content", []):
        calls += "toolUse" in block
        converted = _block(block, form)
        if converted and not ("toolUse" in block and calls > 1 and form.one_tool_call):
            content.append(converted)
    return form.message(content, usage_of(response["usage"]), form.stop(response))


def usage_of(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Both count cached tokens apart from the input tokens."""
    value: dict[str, Any] = {
        "input_tokens": usage["inputTokens"],
        "output_tokens": usage["outputTokens"],
        "cache_creation_input_tokens": usage.get("cacheWriteInputTokens", 0),
        "cache_read_input_tokens": usage.get("cacheReadInputTokens", 0),
    }
    if details := usage.get("cacheDetails"):
        written = {detail["ttl"]: detail["inputTokens"] for detail in details}
        value["cache_creation"] = {f"ephemeral_{ttl}_input_tokens": written.get(ttl, 0) for ttl in ("5m", "1h")}
    return value


def redacted(content: bytes | str) -> dict[str, str]:
    """`content`: base64 as JSON has it, or its bytes."""
    data = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    return {"type": "redacted_thinking", "data": data}


def _block(block: Mapping[str, Any], form: Form) -> dict[str, Any] | None:
    """None for an empty text, and for what this dialect does not have."""
    if "text" in block:
        return {"type": "text", "text": block["text"]} if block["text"] else None
    if "toolUse" in block:
        return form.tool_use(block["toolUse"], block["toolUse"]["input"])
    reasoning = block.get("reasoningContent", {})
    if "reasoningText" in reasoning:
        said = reasoning["reasoningText"]
        return {"type": "thinking", "thinking": said["text"], "signature": said.get("signature", "")}
    return redacted(reasoning["redactedContent"]) if "redactedContent" in reasoning else None
