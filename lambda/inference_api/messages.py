"""Messages as Converse requires them, for every dialect.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inference_api.media import Block

_BEGINNING = "(The assistant begins.)"


def append(messages: list[dict[str, Any]], role: str, blocks: Sequence[Block]) -> None:
    """Add a message, or its blocks to the last one if that has the same role: roles have to alternate."""
    if messages and messages[-1]["role"] == role:
        messages[-1]["content"] += blocks
    elif blocks:
        messages.append({"role": role, "content": list(blocks)})


def completed(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`messages` (one or more) as Bedrock requires them: the user begins, documents have names and a text."""
    if messages[0]["role"] == "assistant":
        messages.insert(0, {"role": "user", "content": [{"text": _BEGINNING}]})
    if not only_text(messages):
        from inference_api.media import complete_documents

        complete_documents(messages)
    return messages


def only_text(messages: Any) -> bool:
    """Whether Converse's messages are well formed and have nothing but text, as most have."""
    try:
        return all(_is_text(message["content"]) for message in messages)
    except (AttributeError, KeyError, TypeError):
        return False


def _is_text(content: Any) -> bool:
    return isinstance(content, list) and all(block.keys() == {"text"} for block in content)
