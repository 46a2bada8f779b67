"""The questions of an evaluation: JSON Lines of {"question", "answer", "documents"}.

`answer` is what a good answer says. `documents` (optional) are the documents that hold it: names, or the ends of
addresses, such as "descaling.md" or "manuals/descaling.md".
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.case_lines import record_of, refused
from kit.knowledge.search import LONGEST_QUESTION
from kit_contract.errors import InputError

FIELDS = ("question", "answer", "documents")


@dataclass(frozen=True)
class Case:
    """`line`: its number in the file."""

    line: int
    question: str
    answer: str
    documents: tuple[str, ...] = ()


def read_cases(file: Path) -> list[Case]:
    """Raises InputError with what is wrong, and OSError."""
    cases, faults = [], []
    for number, text in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            cases.append(_case(number, record_of(text)))
        except ValueError as error:
            faults.append((number, error))
    if faults:
        raise refused(file, faults)
    if not cases:
        raise InputError(f'{file} has no question; each line is {{"question": "...", "answer": "..."}}')
    return cases


def _case(line: int, record: dict[str, Any]) -> Case:
    if unknown := [name for name in record if name not in FIELDS]:
        raise ValueError(f"has the fields {', '.join(unknown)}; allowed are {', '.join(FIELDS)}")
    texts = [record.get(name) for name in FIELDS[:2]]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("question and answer must be texts that are not empty")
    question, answer = map(str, texts)
    if len(question) > LONGEST_QUESTION:
        raise ValueError(f"question must have at most {LONGEST_QUESTION:,} characters, got {len(question):,}")
    documents = record.get("documents", [])
    if not isinstance(documents, list) or not all(isinstance(item, str) and item for item in documents):
        raise ValueError('documents must be a list of names, such as ["descaling.md"]')
    return Case(line, question, answer, tuple(dict.fromkeys(documents)))
