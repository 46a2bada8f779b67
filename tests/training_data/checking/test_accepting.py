"""What is let through without an explanation is what has none: the two halves of the check agree on any bytes."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.check_targets import checked, explained, rules_of
from tests.training_data.checking.dataset_corpus import GOOD, good_line, mutated_line
from training_data.checking.accepting import accepting_pattern
from training_data.checking.dataset_rules import dataset_rules

PIECES = (
    *(b'"', b"\\", b"\\u00", b"\\ud83d", b"\\ude00", b"\\n", b"User", b"<image", b"[EOS]", b":", b">", b"{", b"}"),
    *(b" ", b"\xc3", b"\xa9", b"\xe3\x80\x80", b"a", b"\x1f", b"\n"),
)
WITH_PATTERN = ("converse", "prompt-completion", "distillation-prompts")


@pytest.mark.parametrize("record_format", GOOD)
def test_good_records_have_no_finding(record_format: str) -> None:
    source = random.Random(1)
    report = explained(b"\n".join(good_line(record_format, source) for _ in range(300)), rules_of(record_format))

    assert report.findings == report.warnings == []
    assert report.records == 300


@pytest.mark.parametrize("record_format", WITH_PATTERN)
def test_good_records_are_accepted_without_being_parsed(record_format: str) -> None:
    source, rules = random.Random(2), rules_of(record_format)
    pattern = accepting_pattern(rules)
    assert pattern
    lines = [good_line(record_format, source) + b"\n" for _ in range(300)]
    accepted = [line for line in lines if pattern.fullmatch(line)]

    assert len(accepted) > 200  # the others begin with what could be white space


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("record_format", GOOD)
def test_both_halves_agree_on_mutated_records(record_format: str, seed: int) -> None:
    source, rules = random.Random(seed), rules_of(record_format)
    lines = [source.choice([good_line, mutated_line, mutated_line])(record_format, source) for _ in range(150)]
    content = b"\n".join(lines) + source.choice([b"", b"\n", b"\r\n"])

    assert checked(content, rules, piece=source.choice([1, 7, 1000, 1 << 20])) == explained(content, rules)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=400, deadline=None)
def test_both_halves_agree_on_strings(parts: list[bytes]) -> None:
    content = b'{"prompt":"' + b"".join(parts) + b'","completion":"b"}\n'
    for reserved in ("amazon.nova-lite-v1:0:300k", "meta.llama3-1-8b-instruct-v1:0:128k"):
        rules = dataset_rules(reserved, "FINE_TUNING", record_format="prompt-completion", min_records=1, max_records=9)
        assert checked(content, rules) == explained(content, rules)


@pytest.mark.parametrize("order", [("schemaVersion", "system", "messages"), ("messages", "schemaVersion")])
def test_keys_in_another_order_are_no_fault(order: tuple[str, ...]) -> None:
    turns = [{"role": role, "content": [{"text": "a"}]} for role in ("user", "assistant")]
    record = {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "b"}], "messages": turns}
    content = json.dumps({key: record[key] for key in order}).encode()

    assert checked(content, rules_of("converse")) == explained(content, rules_of("converse"))
    assert checked(content, rules_of("converse")).finding_count == 0


def test_the_time_grows_with_the_bytes_only() -> None:
    """A line that fails at its very end is not tried again from other places."""
    rules = rules_of("converse")
    pattern = accepting_pattern(rules)
    assert pattern
    deep = b'{"schemaVersion":"bedrock-conversation-2024","messages":[' + b'{"role":"user","content":[' * 20_000

    assert pattern.match(deep * 20).end() == 0  # type: ignore[union-attr]
