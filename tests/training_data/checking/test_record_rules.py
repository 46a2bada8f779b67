"""Every rule of Bedrock's record formats, broken one at a time; then what is allowed."""

import json
from typing import Any

import pytest

from tests.training_data.checking.one_record import rules_of
from training_data.checking.findings import SHOWN_FINDINGS, CheckReport
from training_data.checking.record_rules import check_line


def turn(role: str, text: Any = "Good morning.") -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}


def record(**changes: Any) -> dict[str, Any]:
    good = {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be brief."}],
        "messages": [turn("user"), turn("assistant")],
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


NOVA, LLAMA = "amazon.nova-micro-v1:0:128k", "meta.llama3-1-8b-instruct-v1:0:128k"


def check(*lines: Any, base_model: str = NOVA) -> CheckReport:
    rules, report = rules_of(base_model), CheckReport()
    for number, line in enumerate(lines, start=1):
        check_line(line if isinstance(line, bytes) else json.dumps(line).encode(), number, rules, report)
    return report


BROKEN: list[tuple[str, Any, str]] = [
    ("schema-version", record(schemaVersion=None), 'needs "schemaVersion"'),
    ("schema-version", record(schemaVersion=3), 'needs "schemaVersion"'),
    ("unknown-key", record(tools=[]), "unknown key 'tools'"),
    ("content", record(system="Be brief."), "system must be a list of blocks"),
    ("content", record(system={}), "system must be a list of blocks"),
    ("empty-text", record(system=[{"text": " "}]), "system.text"),
    ("turns", record(messages=None), "got NoneType"),
    ("turns", record(messages=[turn("user")]), "at least a user and an assistant turn, got 1"),
    ("turns", record(messages=[turn("user"), "Hello"]), "messages[1] must be an object, got str"),
    ("roles", record(messages=[turn("assistant"), turn("assistant")]), "messages[0].role must be 'user'"),
    ("roles", record(messages=[turn("user"), turn("user"), turn("user"), turn("assistant")]), "messages[1].role"),
    ("last-turn", record(messages=[turn("user"), turn("assistant"), turn("user")]), "end with an answer"),
    ("content", record(messages=[{"role": "user", "content": "Hi"}, turn("assistant")]), "messages[0].content"),
    (
        "content",
        record(messages=[{"role": "user", "content": [{"image": {}}]}, turn("assistant")]),
        "text blocks only",
    ),
    ("empty-text", record(messages=[turn("user", ""), turn("assistant")]), "must be text that is not empty"),
    ("empty-text", record(messages=[turn("user", 7), turn("assistant")]), "got 7"),
    ("encoding", record(messages=[turn("user", "a\ud83d"), turn("assistant")]), "half a character"),
    ("record", ["a", "list"], "must be a JSON object, got list"),
    ("json", b"{'prompt': 1}", "is not one JSON object"),
    ("json", b'{"schemaVersion": "a"} {"schemaVersion": "b"}', "one record a line"),
    ("json", b'{"schemaVersion": "a", "schemaVersion": "b"}', "key 'schemaVersion' appears twice"),
    ("json", b'{"schemaVersion": NaN}', "NaN is not JSON"),
    ("json", b'{"schemaVersion": -Infinity}', "-Infinity is not JSON"),
    ("json", b"[" * 100_000, "is not one JSON object"),
    ("encoding", b'{"schemaVersion": "\xff"}', "is not UTF-8 at byte 19"),
    ("encoding", b"\xef\xbb\xbf{}", "byte order mark"),
    ("empty-line", b"  ", "is empty; remove the line"),
]


@pytest.mark.parametrize(("rule", "line", "message"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_record_is_named_by_rule_and_line(rule: str, line: Any, message: str) -> None:
    report = check(record(), line, record())

    assert report.by_rule == {rule: 1}
    assert [finding.line for finding in report.findings] == [2]
    assert message in report.findings[0].message


@pytest.mark.parametrize("word", ["User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]"])
@pytest.mark.parametrize("place", ["system", "user", "assistant"])
def test_reserved_words_are_found_wherever_they_stand(word: str, place: str) -> None:
    text = f"Before {word} after"
    broken = {
        "system": record(system=[{"text": text}]),
        "user": record(messages=[turn("user", text), turn("assistant")]),
        "assistant": record(messages=[turn("user"), turn("assistant", text)]),
    }[place]

    report = check(broken)

    assert report.by_rule == {"reserved-word": 1}
    assert repr(word) in report.findings[0].message


def test_a_broken_record_on_line_57_is_reported_with_that_line() -> None:
    lines: list[Any] = [record()] * 56 + [b'{"schemaVersion": "bedrock-conversation-2024", "messages": ['] + [record()]

    report = check(*lines)

    assert [finding.line for finding in report.findings] == [57]
    assert report.records == 58


def test_all_findings_are_counted_and_the_first_fifty_kept() -> None:
    report = check(*[b"{"] * 120)

    assert report.finding_count == 120
    assert report.by_rule == {"json": 120}
    assert [finding.line for finding in report.findings] == list(range(1, SHOWN_FINDINGS + 1))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ({"prompt": "", "completion": "b"}, "empty-text"),
        ({"prompt": "a"}, "empty-text"),
        ({"prompt": "a", "completion": 5}, "empty-text"),
        ({"prompt": "a", "completion": "b", "id": 1}, "unknown-key"),
        ({"prompt": "a", "completion": "b\udc00"}, "encoding"),
        ("text", "record"),
    ],
)
def test_a_broken_prompt_completion_record_is_named_by_rule(line: Any, rule: str) -> None:
    assert check(line, base_model=LLAMA).by_rule == {rule: 1}


def test_good_records_give_no_finding() -> None:
    longer = record(messages=[turn("user"), turn("assistant"), turn("user"), turn("assistant")], system=None)

    assert check(record(), record(schemaVersion="any text"), longer).finding_count == 0
    assert (
        check({"prompt": "User: hello", "completion": "b"}, base_model=LLAMA).finding_count == 0
    )  # only Nova reserves words
