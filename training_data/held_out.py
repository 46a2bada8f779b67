"""A held-out record as a question: all turns but the last are asked, the last one is the reference. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from training_data.sources.shapes import conversation_of, shape_of


@dataclass(frozen=True)
class Question:
    """`number` is the record's line. `messages` and `system` are as Converse takes them."""

    number: int
    system: list[dict[str, str]]
    messages: list[dict[str, Any]]
    reference: str

    @property
    def text(self) -> str:
        """The conversation so far, for a judge."""
        return "\n\n".join(
            f"{message['role']}: {block['text']}" for message in self.messages for block in message["content"]
        )


def question_of(number: int, record: Any) -> Question:
    """Raises ValueError for a record that is no conversation in text, or that has no answer."""
    if not isinstance(record, dict):
        raise ValueError("must be a JSON object")
    conversation = conversation_of(record, shape_of(record))
    asked, reference = _asked_and_reference(list(conversation.turns), record.get("reference_answer"))
    return Question(
        number=number,
        system=[{"text": conversation.system}] if conversation.system else [],
        messages=[{"role": speaker, "content": [{"text": text}]} for speaker, text in asked],
        reference=reference,
    )


def _asked_and_reference(turns: list[tuple[str, str]], answer: Any) -> tuple[list[tuple[str, str]], str]:
    """`answer`: the reference_answer of a record for reinforcement fine-tuning, which ends with its prompt."""
    if turns and turns[-1][0] == "user" and answer is not None:
        return turns, answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    if len(turns) < 2 or turns[-1][0] != "assistant":
        raise ValueError("must have a prompt and, as its last turn or as reference_answer, an answer")
    return turns[:-1], turns[-1][1]
