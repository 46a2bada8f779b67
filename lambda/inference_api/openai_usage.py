"""Token counts of Converse as OpenAI's dialects count them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Usage(NamedTuple):
    """`input` has the cached tokens; Bedrock counts them apart. `reasoning`: None where the model does not say."""

    input: int
    output: int
    cache_read: int
    cache_write: int
    reasoning: int | None

    @property
    def total(self) -> int:
        return self.input + self.output


def usage_of(usage: Mapping[str, Any], more: Mapping[str, Any] | None) -> Usage:
    """`more`: Converse's additionalModelResponseFields, where Claude counts the tokens of its reasoning."""
    read, written = usage.get("cacheReadInputTokens", 0), usage.get("cacheWriteInputTokens", 0)
    return Usage(usage["inputTokens"] + read + written, usage["outputTokens"], read, written, _reasoning(more))


def _reasoning(more: Mapping[str, Any] | None) -> int | None:
    value: Any = more
    for name in ("usage", "output_tokens_details", "thinking_tokens"):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, int) else None
