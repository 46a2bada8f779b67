"""The record formats of Bedrock's base models, as functions from a conversation to records. Pure.

Formats: https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html,
https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html,
.../distillation-data-prep-option-1.html and .../rft-prepare-data.html of the same guide.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kit_contract.dataset_limits import CONVERSE, DISTILLATION_PROMPTS, PROMPT_COMPLETION, REINFORCEMENT_PROMPTS
from training_data.conversation import SCHEMA_VERSION, Conversation

UNLABELLED_TEXT = "unlabelled-text"


@dataclass(frozen=True)
class RecordsOf:
    """`changes` says what of the source the records do not hold, one reason each."""

    records: list[dict[str, Any]]
    changes: tuple[str, ...] = ()


def to_records(conversation: Conversation, record_format: str) -> RecordsOf:
    """The conversation in `record_format`. Raises ValueError for a conversation that the format cannot hold."""
    return WRITERS[record_format](conversation)


def to_line(record: dict[str, Any]) -> bytes:
    """One line of a dataset, the same bytes on every machine."""
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _converse(conversation: Conversation) -> RecordsOf:
    answered, cut = _until(conversation.turns, "assistant")
    return RecordsOf([_bedrock(conversation.system, answered)], (*_left_out(conversation), *cut))


def _prompt_completions(conversation: Conversation) -> RecordsOf:
    """One record an answer; its prompt is everything before it, the system prompt first, separated by blank lines."""
    answered, cut = _until(conversation.turns, "assistant")
    texts = [conversation.system] if conversation.system else []
    records = []
    for role, text in answered:
        if role == "assistant":
            records.append({"prompt": "\n\n".join(texts), "completion": text})
        texts.append(text)
    return RecordsOf(records, (*_left_out(conversation), *cut))


def _distillation(conversation: Conversation) -> RecordsOf:
    """Prompts for the teacher; an answer at the end is allowed and tells the teacher what is wanted."""
    return RecordsOf([_bedrock(conversation.system, conversation.turns)], _left_out(conversation))


def _reinforcement(conversation: Conversation) -> RecordsOf:
    """The turns up to the last question, and the answer to it as reference; the grader gets every other key."""
    prompt, _ = _until(conversation.turns, "user")
    answers = [text for role, text in conversation.turns[len(prompt) :] if role == "assistant"]
    others = dict(conversation.others)
    reference = others.pop("reference_answer", answers[0] if answers else None)
    if reference is None:
        raise ValueError("has no reference answer; add reference_answer, or an assistant's turn at the end")
    system = [{"role": "system", "content": conversation.system}] if conversation.system else []
    messages = [*system, *({"role": role, "content": text} for role, text in prompt)]
    record = {"messages": messages, "reference_answer": reference, **others}
    return RecordsOf([record], conversation.changes)


def _unlabelled(conversation: Conversation) -> RecordsOf:
    parts = [conversation.system] if conversation.system else []
    text = "\n\n".join([*parts, *(text for _, text in conversation.turns)])
    return RecordsOf([{"input": text}], _left_out(conversation))


def _bedrock(system: str | None, turns: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    record: dict[str, Any] = {"schemaVersion": SCHEMA_VERSION}
    if system:
        record["system"] = [{"text": system}]
    record["messages"] = [{"role": role, "content": [{"text": text}]} for role, text in turns]
    return record


def _until(turns: tuple[tuple[str, str], ...], last: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The turns up to the last one of this role, and the change to report if later turns are cut off."""
    end = max((index + 1 for index, (role, _) in enumerate(turns) if role == last), default=0)
    if not end:
        raise ValueError(f"has no turn of the {last}, got roles {[role for role, _ in turns][:6]}; add one")
    return turns[:end], (f"left out what follows the last {last}'s turn",) if end < len(turns) else ()


def _left_out(conversation: Conversation) -> tuple[str, ...]:
    left = [f"left out {key!r}, which training would not see" for key in sorted(conversation.others)]
    return (*conversation.changes, *left)


WRITERS: dict[str, Callable[[Conversation], RecordsOf]] = {
    CONVERSE: _converse,
    PROMPT_COMPLETION: _prompt_completions,
    DISTILLATION_PROMPTS: _distillation,
    REINFORCEMENT_PROMPTS: _reinforcement,
    UNLABELLED_TEXT: _unlabelled,
}
RECORD_FORMATS = tuple(WRITERS)
