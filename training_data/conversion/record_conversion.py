"""Converts one record of any shape to the records that a base model and method need; names every loss and change."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kit_contract.dataset_limits import CONVERSE, PROMPT_COMPLETION
from kit_contract.errors import InputError
from training_data.conversation import Conversation
from training_data.conversion.record_formats import RECORD_FORMATS, UNLABELLED_TEXT, RecordsOf, to_records
from training_data.conversion.training_signals import USES, require_chosen, without_signals
from training_data.sources.files import SourceError, SourceRecord
from training_data.sources.reading import Reading
from training_data.sources.records import read_records
from training_data.sources.shapes import KNOWN_KEYS, conversation_of, shape_of, shapes_text

UNLABELLED = ("refuse", "continuation")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Target:
    """What is wanted: the record format, a system prompt for records without one, what unlabelled texts become.

    `shape` is the source's if it is not to be detected, `columns` renames keys: {"prompt": "Frage"}.
    `header` and `encoding` are those of Reading. `uses` names what is trained on although a record speaks against it.
    `single_turn` says that a record may hold one question only.
    """

    record_format: str
    system: str | None = None
    unlabelled: str = "refuse"
    shape: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    header: bool = True
    encoding: str | None = None
    uses: tuple[str, ...] = ()
    single_turn: bool = False

    def __post_init__(self) -> None:
        if self.record_format not in RECORD_FORMATS:
            raise InputError(f"record format must be one of {', '.join(RECORD_FORMATS)}, got {self.record_format!r}")
        if self.unlabelled not in UNLABELLED:
            raise InputError(f"unlabelled must be one of {', '.join(UNLABELLED)}, got {self.unlabelled!r}")
        if unknown := [use for use in self.uses if use not in USES]:
            raise InputError(f"use must be of {', '.join(USES)}, got {unknown[0]!r}")
        try:
            codecs.lookup(self.encoding or "utf-8")
        except LookupError:
            raise InputError(f"encoding must be one such as windows-1252, got {self.encoding!r}") from None

    @property
    def reading(self) -> Reading:
        return Reading(self.columns, self.header, self.encoding, KNOWN_KEYS)


@dataclass(frozen=True)
class Converted:
    """The records that one source record became (a chat may give several), and what they do not hold of it."""

    line: int
    shape: str
    records: list[dict[str, Any]]
    changes: tuple[str, ...]
    original: bytes


def convert_file(file: Path, target: Target) -> Iterator[Converted | SourceError]:
    """Every record of `file` converted, a SourceError in place of each that cannot be."""
    for source in read_records(file, target.reading):
        yield source if isinstance(source, SourceError) else _convert(file, source, target)


def _convert(file: Path, source: SourceRecord, target: Target) -> Converted | SourceError:
    try:
        shape, converted = _converted(source.value, target)
    except ValueError as error:
        return SourceError(file, source.line, str(error), original=source.original)
    return Converted(source.line, shape, converted.records, converted.changes, source.original)


def _converted(value: Any, target: Target) -> tuple[str, RecordsOf]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a JSON object, got {type(value).__name__}; allowed shapes: {shapes_text()}")
    value = target.reading.renamed(value)
    shape = target.shape or shape_of(value)
    if shape == "bedrock-conversation" and target.record_format == CONVERSE and _is_bedrock_only(value):
        return shape, RecordsOf([value])
    conversation = _conversation(value, shape, target)
    questions = sum(role == "user" for role, _ in conversation.turns)
    if target.single_turn and questions > 1:
        raise ValueError(f"has {questions} questions, this base model takes one a record; split the record")
    if target.system and not conversation.system:
        conversation = replace(conversation, system=target.system)
    if shape == "unlabelled" and target.record_format != UNLABELLED_TEXT:
        conversation = _continuation(conversation, target.unlabelled)
    return shape, to_records(conversation, target.record_format)


def _conversation(value: dict[str, Any], shape: str, target: Target) -> Conversation:
    if shape == "preference":
        require_chosen(target.uses)
    conversation = conversation_of(value, shape)
    answers_are_learned = target.record_format in (CONVERSE, PROMPT_COMPLETION)
    return without_signals(conversation, target.uses) if answers_are_learned else conversation


def _is_bedrock_only(record: dict[str, Any]) -> bool:
    """Images, video and reasoning are Bedrock's own blocks: such a record passes as it is, for the checks to judge."""
    messages = record.get("messages")
    contents = (
        [item.get("content") for item in messages if isinstance(item, dict)] if isinstance(messages, list) else []
    )
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return any(isinstance(block, dict) and set(block) & {"image", "video", "reasoningContent"} for block in blocks)


def _continuation(conversation: Conversation, unlabelled: str) -> Conversation:
    if unlabelled != "continuation":
        raise ValueError(
            'is unlabelled ({"input"}): fine-tuning needs answers, and no base model on Bedrock takes continued '
            'pre-training today; give it a prompt and a response, or set unlabelled = "continuation"'
        )
    first, *rest = SENTENCE_END.split(conversation.turns[0][1].strip())
    if not rest:
        raise ValueError("input is a single sentence, nothing is left to continue; add a second one or drop the record")
    turns = (("user", f"Continue this text: {first}"), ("assistant", " ".join(rest)))
    return replace(conversation, turns=turns)
