"""The cases of an evaluation: JSON lines, each a question and what the agent should do and say."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.case_lines import record_of, refused
from kit_contract.errors import InputError

FIELDS = ("question", "tools", "answer", "contains", "matches", "approve")


@dataclass(frozen=True)
class ExpectedCall:
    """`arguments`: those that must be equal. Others may have any value."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`tools`: all calls that the question needs; None if they don't matter, empty if there must be none.

    `answer`: a text whose words the answer should have, or whose sense if a judge reads it. `contains`: texts that it
    must have. `matches`: a regular expression. `approve`: what needs approval is approved; else it is declined, so
    that an evaluation changes nothing.
    """

    number: int
    question: str
    tools: tuple[ExpectedCall, ...] | None
    answer: str | None
    contains: tuple[str, ...]
    matches: re.Pattern[str] | None
    approve: bool


def read_cases(path: Path) -> list[Case]:
    """Raises InputError with what is wrong, one fault a line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    cases, faults = [], []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                cases.append(_case(number, line))
            except ValueError as error:
                faults.append((number, error))
    if not cases and not faults:
        raise InputError(f"{path} has no cases; write one JSON object a line, with question, tools and answer")
    if faults:
        raise refused(path, faults)
    return cases


def _case(number: int, line: str) -> Case:
    """Raises ValueError."""
    value = record_of(line)
    if unknown := sorted(set(value) - set(FIELDS)):
        raise ValueError(f"{', '.join(unknown)}: not a field of a case; allowed: {', '.join(FIELDS)}")
    question = _text(value, "question")
    if question is None:
        raise ValueError("question is missing; add what the agent is asked")
    if value.keys() <= {"question", "approve"}:
        raise ValueError("nothing is expected; add tools, answer, contains or matches")
    contains = value.get("contains", [])
    contains = [contains] if isinstance(contains, str) else contains
    if not isinstance(contains, list) or not all(isinstance(text, str) and text for text in contains):
        raise ValueError("contains must be a text or a list of texts")
    if not isinstance(value.get("approve", False), bool):
        raise ValueError("approve must be true or false")
    return Case(
        number,
        question,
        _tools(value["tools"]) if "tools" in value else None,
        _text(value, "answer"),
        tuple(contains),
        _pattern(_text(value, "matches")),
        value.get("approve", False),
    )


def _text(value: dict[str, Any], name: str) -> str | None:
    text = value.get(name)
    if text is not None and (not isinstance(text, str) or not text.strip()):
        raise ValueError(f"{name} must be a text that is not empty, got {json.dumps(text)[:40]}")
    return text


def _pattern(text: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(text, re.IGNORECASE | re.DOTALL) if text else None
    except re.error as error:
        raise ValueError(f"matches is not a regular expression: {error}") from None


def _tools(value: Any) -> tuple[ExpectedCall, ...]:
    form = 'tools must be a list of {"name": TOOL, "arguments": {...}}'
    if not isinstance(value, list):
        raise ValueError(form)
    found = []
    for item in value:
        right = isinstance(item, dict) and set(item) <= {"name", "arguments"} and isinstance(item.get("name"), str)
        if not right or not isinstance(item.get("arguments", {}), dict):
            raise ValueError(form)
        found.append(ExpectedCall(item["name"], item.get("arguments", {})))
    return tuple(found)
