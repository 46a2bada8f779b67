"""Converts what people have (labelled pairs, unlabelled texts, chats) to records, with the line each came from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training_data.records import Conversation, to_records
from training_data.source_files import ConversionError, read_records

SHAPES = {
    "labelled": '{"prompt", "response"} or {"prompt", "completion"}',
    "unlabelled": '{"input"}',
    "chat": '{"system", "messages"}',
}
UNLABELLED = ("refuse", "continuation")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class ConvertedRecord:
    """`source_line` is where the source record begins, from 1; several records may stem from one chat."""

    source_line: int
    shape: str
    record: dict[str, Any]


def convert_file(
    file: Path, *, record_format: str, system: str | None = None, unlabelled: str = "refuse"
) -> Iterator[ConvertedRecord | ConversionError]:
    """Every record of `file` (a JSON array or JSON lines), a ConversionError in place of each that is broken.

    `system` is put before records that have no system prompt. `unlabelled` is "refuse" (an error each) or
    "continuation": the model learns to continue a text from its first sentence. Raises ValueError for another value.
    """
    if unlabelled not in UNLABELLED:
        raise ValueError(f"unlabelled must be one of {', '.join(UNLABELLED)}, got {unlabelled!r}")
    for source in read_records(file):
        if isinstance(source, ConversionError):
            yield source
            continue
        try:
            shape, conversation = _conversation(source.value, unlabelled)
        except ValueError as error:
            yield ConversionError(file, source.line, str(error))
            continue
        if system and not conversation.system:
            conversation = Conversation(system, conversation.turns)
        for record in to_records(conversation, record_format):
            yield ConvertedRecord(source.line, shape, record)


def _conversation(record: Any, unlabelled: str) -> tuple[str, Conversation]:
    if not isinstance(record, dict):
        raise ValueError(f"must be a JSON object, got {type(record).__name__}; allowed shapes: {_shapes()}")
    if "messages" in record:
        return "chat", _chat(record)
    answer = "response" if "response" in record else "completion"
    if "prompt" in record or answer in record:
        _refuse_other_keys(record, {"system", "prompt", answer})
        turns = (("user", _text(record, "prompt")), ("assistant", _text(record, answer)))
        return "labelled", Conversation(_system(record), turns)
    if "input" in record:
        _refuse_other_keys(record, {"input"})
        return "unlabelled", _continuation(_text(record, "input"), unlabelled)
    raise ValueError(f"has none of the known shapes, got keys {sorted(record)}; use one of {_shapes()}")


def _shapes() -> str:
    return ", ".join(f"{name} {keys}" for name, keys in SHAPES.items())


def _refuse_other_keys(record: dict[str, Any], allowed: set[str]) -> None:
    if others := sorted(set(record) - allowed):
        raise ValueError(f"has keys {others} that training would not see; allowed: {sorted(allowed)}; remove them")


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        got = repr(value)[:40] if key in record else "no such key"
        raise ValueError(f"{key} must be text that is not empty, got {got}; write it or drop the record")
    return _encodable(value.strip(), key)


def _encodable(text: str, where: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{where} has half a character (\\u{ord(text[error.start]):04x}); write it again") from None
    return text


def _continuation(text: str, unlabelled: str) -> Conversation:
    if unlabelled != "continuation":
        raise ValueError(
            'is unlabelled ({"input"}): fine-tuning needs answers, and no base model on Bedrock takes continued '
            'pre-training today; give it a prompt and a response, or set unlabelled = "continuation"'
        )
    first, *rest = SENTENCE_END.split(text)
    if not rest:
        raise ValueError("input is a single sentence, nothing is left to continue; add a second one or drop the record")
    return Conversation(None, (("user", f"Continue this text: {first}"), ("assistant", " ".join(rest))))


def _chat(record: dict[str, Any]) -> Conversation:
    _refuse_other_keys(record, {"schemaVersion", "system", "messages"})
    messages = record["messages"]
    if not isinstance(messages, list):
        raise ValueError(f"messages must be a list of turns, got {type(messages).__name__}; write a list")
    system = _system(record)
    turns: list[tuple[str, str]] = []
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if not isinstance(message, dict):
            raise ValueError(f"{where} must be an object with role and content, got {type(message).__name__}; mend it")
        _refuse_other_keys(message, {"role", "content"})
        text = _plain(message.get("content"), f"{where}.content")
        if message.get("role") == "system" and index == 0 and system is None:
            system = text or None
        else:
            turns.append((str(message.get("role")), text))
    return Conversation(system, tuple(turns))


def _system(record: dict[str, Any]) -> str | None:
    return None if record.get("system") is None else _plain(record["system"], "system") or None


def _plain(content: Any, where: str) -> str:
    """The text of OpenAI's strings and text parts and of Bedrock's blocks; other content would be lost unnoticed."""
    parts = [content] if isinstance(content, str) else content
    if not isinstance(parts, list):
        raise ValueError(f"{where} must be text or a list of text blocks, got {type(content).__name__}; write text")
    texts = []
    for part in parts:
        text = part.get("text") if isinstance(part, dict) else part
        if not isinstance(text, str):
            raise ValueError(f"{where} may hold text only, got {str(part)[:60]}; take it out")
        texts.append(text)
    return _encodable("\n".join(texts).strip(), where)
