"""Checks records that are in Bedrock's format: what Bedrock would reject hours later, with line, rule and fix. Pure.

This is the explaining half; training_data/checking/accepting.py lets the records pass that need no explanation.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from training_data.checking.conversation_records import check_converse, check_converse_prompts
from training_data.checking.dataset_rules import (
    CONVERSE,
    DISTILLATION_PROMPTS,
    IMAGE_CAPTION,
    PROMPT_COMPLETION,
    REINFORCEMENT_PROMPTS,
    DatasetRules,
    fine_tuning_rules,
)
from training_data.checking.findings import SHOWN_FINDINGS, CheckReport, Finding
from training_data.checking.prompt_records import (
    check_image_caption,
    check_openai_chat_prompts,
    check_prompt_completion,
)
from training_data.checking.record_inspection import RecordWalk, shown
from training_data.token_estimate import BYTES_PER_TOKEN, estimated_tokens

__all__ = ["CHECKS", "MAX_LINE_BYTES", "SHOWN_FINDINGS", "CheckReport", "Finding", "check_records", "explain_line"]

CHECKS: dict[str, Callable[[Any, RecordWalk], None]] = {
    CONVERSE: check_converse,
    PROMPT_COMPLETION: check_prompt_completion,
    IMAGE_CAPTION: check_image_caption,
    DISTILLATION_PROMPTS: check_converse_prompts,
    REINFORCEMENT_PROMPTS: check_openai_chat_prompts,
}
# The longest record that any base model takes: 32,000 tokens of 6 characters, each written as two \uXXXX escapes,
# is 2.3 MB. What is longer is not read into memory.
MAX_LINE_BYTES = 2_621_440


class _FaultyJsonError(ValueError):
    """When a line is JSON that Bedrock's reader does not take (twice the same key, NaN)."""


def check_records(
    lines: Iterable[bytes], *, record_format: str, min_records: int, max_records: int, base_model: str = ""
) -> CheckReport:
    """Check every line; memory does not grow with their number. Raises ValueError for an unknown `record_format`."""
    rules = fine_tuning_rules(base_model, record_format, min_records, max_records)
    report = CheckReport()
    for number, line in enumerate(lines, start=1):
        explain_line(line, number, rules, report)
    add_count(report, report.records, rules)
    return report


def add_count(report: CheckReport, records: int, rules: DatasetRules) -> None:
    """Add a finding to `report` where the training records are too few, or all the records too many."""
    fewest, most = rules.min_records, rules.max_records
    if "not-json-lines" in report.by_rule:
        return
    if report.records < fewest or records > most:
        fix = "add records" if report.records < fewest else "use fewer records"
        report.add(0, "record-count", f"must hold {fewest:,} to {most:,} records, got {records:,}; {fix}")
    elif report.records < rules.usual_min_records:
        usual = rules.usual_min_records
        message = (
            f"AWS's validators ask for {usual} records, the guide for {fewest}, got {records}; add some to be sure"
        )
        report.add(0, "few-records", message)


def explain_line(line: bytes, number: int, rules: DatasetRules, report: CheckReport) -> None:
    """Add what is wrong with this line to `report`, and what the dataset as a whole must know of it."""
    check_record = CHECKS.get(rules.record_format)
    if check_record is None:
        raise ValueError(f"record format must be one of {', '.join(CHECKS)}, got {rules.record_format}")
    record, fault = _parse(line)
    if fault is None or fault[0] != "empty-line":
        report.records += 1
    if fault:
        report.add(number, *fault)
        return
    walk = RecordWalk(rules, escapes=b"\\u" in line)
    check_record(record, walk)
    _check_length(walk)
    for rule, message in walk.faults:
        report.add(number, rule, message)
    for kind, bucket in walk.media:
        report.add_medium(number, kind, bucket)


def _parse(line: bytes) -> tuple[Any, tuple[str, str] | None]:
    """The record and None, or None and (rule, message) of why the line cannot be read."""
    if len(line) > MAX_LINE_BYTES:
        return None, ("too-long", f"is longer than {MAX_LINE_BYTES:,} bytes, no base model takes that; split it")
    if line.startswith(b"\xef\xbb\xbf"):
        return None, ("encoding", "begins with a byte order mark; save as UTF-8 without one")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, ("encoding", f"is not UTF-8 at byte {error.start}; save the file as UTF-8")
    if not text or text.isspace():
        return None, ("empty-line", "is empty; remove the line")
    try:
        return _decode(text), None
    except (ValueError, RecursionError) as error:
        return None, ("json", f"is not one JSON object: {json_fault(error)}; write one record a line")


def _decode(text: str) -> Any:
    if text[0] == "{":  # the usual line: without the search for white space around it
        record, end = _DECODER.raw_decode(text)
        if end == len(text):
            return record
    return _DECODER.decode(text)


def _check_length(walk: RecordWalk) -> None:
    rules, characters = walk.rules, sum(map(len, walk.texts))
    if rules.max_tokens is None or characters <= rules.max_tokens:  # a character has 4 bytes at most
        return
    if rules.max_characters and characters > rules.max_characters:
        limit = (
            f"the base model takes {rules.max_tokens:,} tokens, by AWS's estimate {rules.max_characters:,} characters"
        )
        walk.fault("too-long", f"has {characters:,} characters; {limit}; shorten it or split the record")
    elif estimated_tokens(walk.texts) > rules.max_tokens:
        got = f"has more than {BYTES_PER_TOKEN} bytes of text for each token that the base model takes"
        walk.fault("long-record", f"{got} ({rules.max_tokens:,}); count its tokens or shorten it")


def json_fault(error: Exception) -> str:
    """What is wrong, and in which column; json's own text counts lines within what it was given, which misleads."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (column {error.colno})"
    if isinstance(error, RecursionError):
        return "brackets are nested too deeply"
    return str(error) if isinstance(error, _FaultyJsonError) else "a number has too many digits"


def strict_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For json's object_pairs_hook: json keeps the last of two equal keys, and nobody notices."""
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _FaultyJsonError(f"key {shown(twice)} stands twice")
    return made


def strict_value(name: str) -> None:
    """For json's parse_constant: json reads NaN and Infinity, which are no JSON."""
    raise _FaultyJsonError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=strict_object, parse_constant=strict_value)
