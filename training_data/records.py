"""The record formats of Bedrock's base models, as functions from conversation turns to a record. Pure.

Formats: https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html and
https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html
"""

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
    raise ValueError(f"record format must be one of {', '.join(RECORD_FORMATS)}, got {record_format!r}")


def _converse(conversation: Conversation) -> dict[str, Any]:
    record: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION}
    if conversation.system:
        record["system"] = [{"text": conversation.system}]
    record["messages"] = [{"role": role, "content": [{"text": text}]} for role, text in conversation.turns]
    return record


def _prompt_completions(conversation: Conversation) -> list[dict[str, Any]]:
    """A prompt is everything said before its answer, the system prompt first, a blank line between the parts."""
    said = [conversation.system] if conversation.system else []
    records = []
    for role, text in conversation.turns:
        if role == "assistant":
            records.append({"prompt": "\n\n".join(said), "completion": text})
        said.append(text)
    return records
