"""Reads what people have (labelled pairs, unlabelled texts, chats) as conversations, with the line each came from."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training_data.records import Conversation

SHAPES = {
    "labelled": 'labelled: {"prompt", "response"}',
    "unlabelled": 'unlabelled: {"input"}',
    "chat": 'chat: {"system", "messages"}',
}
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class ConversionError(Exception):
    """When a record cannot be read as a conversation: file, line, what was found and what to do."""

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{file.name}:{line}: {message}")


@dataclass(frozen=True)
class SourceRecord:
    """`line` is the line of the file on which the record begins, counted from 1."""

    line: int
    shape: str
    conversation: Conversation


def read_conversations(
    file: Path, *, unlabelled: str = "refuse", system: str | None = None
) -> Iterator[SourceRecord | ConversionError]:
    """Every record of `file` (a JSON array or JSON lines), a ConversionError in place of each that is broken.

    `unlabelled` is "refuse" (a finding each) or "continuation": the model learns to continue the text's first sentence.
    """
    for line, record in _raw_records(file):
        if isinstance(record, ConversionError):
            yield record
            continue
        try:
            shape, conversation = _conversation(record, unlabelled)
        except ValueError as error:
            yield ConversionError(file, line, str(error))
            continue
        if system and not conversation.system:
            conversation = Conversation(system, conversation.turns)
        yield SourceRecord(line, shape, conversation)


def _raw_records(file: Path) -> Iterator[tuple[int, Any]]:
    text = _text(file)
    if isinstance(text, ConversionError):
        yield 0, text
    elif text.lstrip().startswith("["):
        yield from _array_records(file, text)
    else:
        yield from _line_records(file, text)


def _text(file: Path) -> str | ConversionError:
    if not file.is_file():
        return ConversionError(file, 0, f"{file} is not a file; name an existing one in deployment.toml")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return ConversionError(file, 0, f"is not UTF-8 at byte {error.start}; save the file as UTF-8")


def _line_records(file: Path, text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, ConversionError(file, number, f"is not one JSON object ({error}); write one record a line")


def _array_records(file: Path, text: str) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder()
    position = text.index("[") + 1
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return
        line = text.count("\n", 0, position) + 1
        try:
            record, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield line, ConversionError(file, line, f"the record that begins here is not valid JSON ({error}); mend it")
            return
        yield line, record


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n,":
        position += 1
    return position


def _conversation(record: Any, unlabelled: str) -> tuple[str, Conversation]:
    if not isinstance(record, dict):
        raise ValueError(f"must be a JSON object, got {type(record).__name__}")
    if "messages" in record:
        return "chat", _chat(record)
    answer = "response" if "response" in record else "completion"
    if "prompt" in record or answer in record:
        prompt, response = _string(record, "prompt"), _string(record, answer)
        return "labelled", Conversation(None, (("user", prompt), ("assistant", response)))
    if "input" in record:
        return "unlabelled", _continuation(_string(record, "input"), unlabelled)
    raise ValueError(f"has none of the known shapes, got keys {sorted(record)}; allowed: {'; '.join(SHAPES.values())}")


def _string(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be text that is not empty, got {str(value)[:40]!r}")
    return value.strip()


def _continuation(text: str, unlabelled: str) -> Conversation:
    if unlabelled != "continuation":
        raise ValueError(
            "is unlabelled ({'input'}): fine-tuning needs answers, and no base model on Bedrock takes continued "
            'pre-training today; label it, or set unlabelled = "continuation"'
        )
    sentences = SENTENCE_END.split(text)
    if len(sentences) < 2:
        raise ValueError("is unlabelled with a single sentence: there is nothing to continue; add text or drop it")
    prompt = f"Continue this text: {sentences[0]}"
    return Conversation(None, (("user", prompt), ("assistant", " ".join(sentences[1:]))))


def _chat(record: dict[str, Any]) -> Conversation:
    messages = record["messages"]
    if not isinstance(messages, list):
        raise ValueError(f"messages must be a list, got {type(messages).__name__}")
    system = _plain(record.get("system"))
    turns: list[tuple[str, str]] = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            raise ValueError(f"messages[{index}] must be an object, got {type(message).__name__}")
        if message.get("role") == "system" and not turns:
            system = _plain(message.get("content"))
            continue
        turns.append((str(message.get("role")), _plain(message.get("content")) or ""))
    return Conversation(system or None, tuple(turns))


def _plain(content: Any) -> str | None:
    if isinstance(content, list):
        return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict)).strip()
    return content.strip() if isinstance(content, str) else None
