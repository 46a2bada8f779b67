"""Checks records that are in Bedrock's format: what Bedrock would reject hours later, with line, rule and fix. Pure.

Rules: NUG fine-tune-prepare-data-understanding (Nova), UG model-customization-prepare (Llama); the sources are listed
in docs/datasets.md.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

SHOWN_FINDINGS = 50
RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
RESERVED_PATTERN = re.compile("|".join(re.escape(word) for word in RESERVED))
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Finding:
    """One fault: `line` counts from 1; 0 stands for the file as a whole."""

    line: int
    rule: str
    message: str


@dataclass
class CheckReport:
    """`findings` holds the first 50; `finding_count` and `by_rule` count all."""

    records: int = 0
    findings: list[Finding] = field(default_factory=list)
    finding_count: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.finding_count += 1
        self.by_rule[finding.rule] = self.by_rule.get(finding.rule, 0) + 1
        if len(self.findings) < SHOWN_FINDINGS:
            self.findings.append(finding)


class _FaultyJsonError(ValueError):
    """When a line is JSON that Bedrock's reader does not take (twice the same key, NaN)."""


def check_records(lines: Iterable[bytes], *, record_format: str, min_records: int, max_records: int) -> CheckReport:
    """Check every line; memory does not grow with their number. Raises ValueError for an unknown `record_format`."""
    check_record = CHECKS.get(record_format)
    if check_record is None:
        raise ValueError(f"record format must be one of {', '.join(CHECKS)}, got {record_format}")
    report = CheckReport()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            report.records += 1
        for rule, message in _check_line(line, check_record):
            report.add(Finding(number, rule, message))
    if not min_records <= report.records <= max_records:
        fix = "add records" if report.records < min_records else "use fewer records"
        report.add(
            Finding(0, "record-count", f"must hold {min_records} to {max_records} records, got {report.records}; {fix}")
        )
    return report


def _check_line(line: bytes, check_record: Callable[[Any], Iterator[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
    if line.startswith(b"\xef\xbb\xbf"):
        yield "encoding", "begins with a byte order mark; save as UTF-8 without one"
        return
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        yield "encoding", f"is not UTF-8 at byte {error.start}; save the file as UTF-8"
        return
    if not text.strip():
        yield "empty-line", "is empty; remove the line"
        return
    try:
        record = json.loads(text, object_pairs_hook=strict_object, parse_constant=strict_value)
    except (ValueError, RecursionError) as error:
        yield "json", f"is not one JSON object: {json_fault(error)}; write one record a line"
        return
    yield from check_record(record)


def json_fault(error: Exception) -> str:
    """What is wrong, and in which column; json's own text counts lines within what it was given, which misleads."""
    return f"{error.msg} (column {error.colno})" if isinstance(error, json.JSONDecodeError) else str(error)


def strict_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For json's object_pairs_hook: json keeps the last of two equal keys, and nobody notices."""
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise _FaultyJsonError(f"key {twice[0]!r} stands twice")
    return dict(pairs)


def strict_value(name: str) -> None:
    """For json's parse_constant: json reads NaN and Infinity, which are no JSON."""
    raise _FaultyJsonError(f"{name} is not JSON")


def _check_converse(record: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(record, dict):
        yield "record", f"must be a JSON object, got {type(record).__name__}; write one object a line"
        return
    if not isinstance(record.get("schemaVersion"), str):
        yield "schema-version", 'needs "schemaVersion": "bedrock-conversation-2024"; add it'
    for key in sorted(set(record) - {"schemaVersion", "system", "messages"}):
        yield "unknown-key", f"has an unknown key {key!r}; allowed are schemaVersion, system, messages; remove it"
    if "system" in record:
        yield from _check_content(record["system"], "system")
    messages = record.get("messages")
    if not isinstance(messages, list) or len(messages) < 2:
        got = len(messages) if isinstance(messages, list) else type(messages).__name__
        yield "turns", f"messages must hold at least a user and an assistant turn, got {got}; add the missing turn"
        return
    for index, message in enumerate(messages):
        yield from _check_message(message, index)
    last = messages[-1]
    if isinstance(last, dict) and last.get("role") != "assistant":
        yield "last-turn", f"the last turn must be the assistant's, got {last.get('role')!r}; end with an answer"


def _check_message(message: Any, index: int) -> Iterator[tuple[str, str]]:
    if not isinstance(message, dict):
        yield "turns", f"messages[{index}] must be an object, got {type(message).__name__}; mend or drop the record"
        return
    expected = "user" if index % 2 == 0 else "assistant"
    if message.get("role") != expected:
        got = repr(message.get("role"))
        yield "roles", f"messages[{index}].role must be {expected!r}, got {got}; turns alternate, the user begins"
    yield from _check_content(message.get("content"), f"messages[{index}].content")


def _check_content(content: Any, where: str) -> Iterator[tuple[str, str]]:
    if not isinstance(content, list) or not content:
        yield (
            "content",
            f"{where} must be a list of blocks such as [{{'text': '...'}}], got {str(content)[:40]!r}; mend it",
        )
        return
    for block in content:
        if not isinstance(block, dict) or set(block) != {"text"}:
            yield "content", f"{where} must hold text blocks only, got {str(block)[:60]!r}; take it out"
        else:
            yield from _check_text(block["text"], f"{where}.text")


def _check_text(
    text: Any, where: str, reserved: re.Pattern[str] | None = RESERVED_PATTERN
) -> Iterator[tuple[str, str]]:
    if not isinstance(text, str) or not text.strip():
        yield (
            "empty-text",
            f"{where} must be text that is not empty, got {str(text)[:40]!r}; write it or drop the record",
        )
        return
    if LONE_SURROGATE.search(text):
        yield "encoding", f"{where} holds half a character (a lone surrogate), which UTF-8 cannot hold; write it again"
    if reserved and (found := reserved.search(text)):
        yield "reserved-word", f"{where} holds the reserved word {found[0]!r}; rephrase it, the job would fail"


def _check_prompt_completion(record: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(record, dict):
        yield "record", f"must be a JSON object, got {type(record).__name__}; write one object a line"
        return
    for key in sorted(set(record) - {"prompt", "completion"}):
        yield "unknown-key", f"has an unknown key {key!r}; allowed are prompt, completion; remove it"
    for key in ("prompt", "completion"):
        yield from _check_text(record.get(key), key, reserved=None)


CHECKS: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "converse": _check_converse,
    "prompt-completion": _check_prompt_completion,
}
