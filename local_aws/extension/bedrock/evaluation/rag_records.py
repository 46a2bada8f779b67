"""The records of a RagEvaluation job whose knowledge base Bedrock asks. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-evaluation-prompt.html
The guide has the rules; the words of the messages are not documented.
"""

import json
from collections.abc import Iterable
from typing import Any

from kit_contract.evaluation_jobs import MOST_RECORDS
from kit_contract.rag_evaluation_jobs import MOST_TURNS, NEED_REFERENCE, TURN_FIELDS
from local_aws.extension.bedrock.evaluation.answer_records import DatasetError

Turn = dict[str, Any]


def read_conversations(content: bytes, *, answers: bool, metrics: Iterable[str]) -> list[list[Turn]]:
    """The turns of each record. Raises DatasetError."""
    lines = [line for line in content.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_RECORDS:
        raise DatasetError(f"The prompt dataset must have 1 to {MOST_RECORDS} prompts, got {len(lines)}")
    needed = [name for name in metrics if name in NEED_REFERENCE]
    most = MOST_TURNS if answers else 1
    return [_turns(number, line, most, needed) for number, line in enumerate(lines, start=1)]


def text_of(message: Any) -> str:
    """Of {"content": [{"text": ...}]}; empty without one."""
    content = message.get("content") if isinstance(message, dict) else None
    parts = content if isinstance(content, list) else []
    return "".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def reference_of(turn: Turn) -> str:
    return "\n".join(text_of(item) for item in turn.get("referenceResponses") or [])


def _turns(number: int, line: bytes, most: int, needed: list[str]) -> list[Turn]:
    where = f"Line {number} of the prompt dataset"
    try:
        record = json.loads(line)
    except ValueError:
        raise DatasetError(f"{where} is no valid JSON object") from None
    turns = record.get("conversationTurns") if isinstance(record, dict) else None
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise DatasetError(f"{where} has no conversationTurns")
    if not 1 <= len(turns) <= most:
        raise DatasetError(f"{where} must have 1 to {most} conversation turns, got {len(turns)}")
    for turn in turns:
        if unknown := sorted(set(turn) - set(TURN_FIELDS)):
            raise DatasetError(f"{where} has unknown keys: {', '.join(unknown)}")
        if not text_of(turn.get("prompt")):
            raise DatasetError(f"{where}: prompt not in expected format")
        if needed and not reference_of(turn):
            raise DatasetError(f"{where} has no referenceResponses, which {needed[0]} needs")
    return turns
