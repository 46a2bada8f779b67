"""Rules for one line of a dataset: what Bedrock would reject hours later, with line, rule and fix. Pure."""

from collections.abc import Callable
from typing import Any

from kit_contract.dataset_limits import (
    CONVERSE,
    DISTILLATION_PROMPTS,
    IMAGE_CAPTION,
    PROMPT_COMPLETION,
    REINFORCEMENT_PROMPTS,
)
from training_data.checking.conversation_rules import check_converse, check_converse_prompts
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules
from training_data.checking.prompt_rules import (
    check_image_caption,
    check_openai_chat_prompts,
    check_prompt_completion,
)
from training_data.checking.record_check import RecordCheck
from training_data.checking.repeated_records import RecordIndex
from training_data.strict_json import STRICT, json_fault
from training_data.token_estimate import BYTES_PER_TOKEN, REFUSED_CHARACTERS_PER_TOKEN, estimated_tokens

RECORD_RULES: dict[str, Callable[[Any, RecordCheck], None]] = {
    CONVERSE: check_converse,
    PROMPT_COMPLETION: check_prompt_completion,
    IMAGE_CAPTION: check_image_caption,
    DISTILLATION_PROMPTS: check_converse_prompts,
    REINFORCEMENT_PROMPTS: check_openai_chat_prompts,
}
# The longest record that any base model takes: 32,000 tokens of 6 characters, each written as two \uXXXX escapes,
# is 2.3 MB. Longer lines are not read into memory.
MAX_LINE_BYTES = 2_621_440


def check_line(
    line: bytes, number: int, rules: ModelRules, report: CheckReport, index: RecordIndex | None = None
) -> None:
    """Add what is wrong with this line to `report`, and what the dataset must know of it; the record to `index`."""
    record, fault = _parse(line)
    if fault:
        report.records += fault[0] != "empty-line"
        report.add(number, *fault)
        return
    report.records += 1
    check = RecordCheck(rules, escapes=b"\\u" in line)
    RECORD_RULES[rules.limits.record_format](record, check)
    _check_length(check)
    report.tokens += estimated_tokens(check.texts)
    for rule, message in check.faults:
        report.add(number, rule, message)
    for kind, bucket in check.media:
        report.add_medium(number, kind, bucket)
    if index is not None:
        index.add(number, line, record)


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
        return STRICT.decode(text), None
    except (ValueError, RecursionError) as error:
        return None, ("json", f"is not one JSON object: {json_fault(error)}; write one record a line")


def _check_length(check: RecordCheck) -> None:
    most, characters = check.rules.limits.max_tokens, sum(map(len, check.texts))
    if most is None or characters <= most:  # a character has 4 bytes at most
        return
    most_characters = most * REFUSED_CHARACTERS_PER_TOKEN
    if characters > most_characters:
        limit = f"the base model takes {most:,} tokens, by AWS's estimate {most_characters:,} characters"
        check.fault("too-long", f"has {characters:,} characters; {limit}; shorten it or split the record")
    elif estimated_tokens(check.texts) > most:
        got = f"has more than {BYTES_PER_TOKEN} bytes of text for each token that the base model takes"
        check.fault("long-record", f"{got} ({most:,}); count its tokens or shorten it")
