"""The record formats of Bedrock's base models, as functions from conversation turns to a record. Pure.

Formats: https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html and
https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = "bedrock-conversation-2024"
RECORD_FORMATS = ("converse", "prompt-completion")


@dataclass(frozen=True)
class Conversation:
    """Turns of (role, text), the first one the user's; `system` is None where there is no system prompt."""

    system: str | None
    turns: tuple[tuple[str, str], ...]


def to_records(conversation: Conversation, record_format: str) -> list[dict[str, Any]]:
    """The conversation in `record_format`: one converse record, or one prompt/completion record per answer."""
    if record_format == "converse":
        return [_converse(conversation)]
    if record_format == "prompt-completion":
        return _prompt_completions(conversation)
    raise ValueError(f"record format must be one of {', '.join(RECORD_FORMATS)}, got {record_format}")


def _converse(conversation: Conversation) -> dict[str, Any]:
    record: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION}
    if conversation.system:
        record["system"] = [{"text": conversation.system}]
    record["messages"] = [{"role": role, "content": [{"text": text}]} for role, text in conversation.turns]
    return record


def _prompt_completions(conversation: Conversation) -> list[dict[str, Any]]:
    records = []
    for index, (role, text) in enumerate(conversation.turns):
        if role == "assistant":
            records.append({"prompt": _prompt(conversation, index), "completion": text})
    return records


def _prompt(conversation: Conversation, end: int) -> str:
    earlier: Sequence[str] = [text for _, text in conversation.turns[:end]]
    return "\n\n".join(([conversation.system] if conversation.system else []) + list(earlier))
