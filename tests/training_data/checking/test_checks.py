"""Every rule of Bedrock's record formats, broken one at a time; then what is allowed."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from training_data.checking.checks import SHOWN_FINDINGS, CheckReport, check_records


def turn(role: str, text: Any = "Good morning.") -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}


def record(**changes: Any) -> dict[str, Any]:
    good = {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be brief."}],
        "messages": [turn("user"), turn("assistant")],
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def check(*lines: Any, record_format: str = "converse", min_records: int = 1, max_records: int = 100) -> CheckReport:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return check_records(raw, record_format=record_format, min_records=min_records, max_records=max_records)


BROKEN: list[tuple[str, Any, str]] = [
    ("schema-version", record(schemaVersion=None), 'needs "schemaVersion"'),
    ("schema-version", record(schemaVersion=3), 'needs "schemaVersion"'),
    ("unknown-key", record(tools=[]), "unknown key 'tools'"),
    ("content", record(system="Be brief."), "system must be a list of blocks"),
    ("content", record(system=[]), "system must be a list of blocks"),
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
    ("json", b'{"schemaVersion": "a", "schemaVersion": "b"}', "key 'schemaVersion' stands twice"),
    ("json", b'{"schemaVersion": NaN}', "NaN is not JSON"),
    ("json", b'{"schemaVersion": -Infinity}', "-Infinity is not JSON"),
    ("json", b"[" * 100_000, "is not one JSON object"),
    ("encoding", b'{"schemaVersion": "\xff"}', "is not UTF-8 at byte 19"),
    ("encoding", b"\xef\xbb\xbf{}", "byte order mark"),
    ("empty-line", b"  ", "is empty; remove the line"),
]


@pytest.mark.parametrize(("rule", "line", "message"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_record_is_named_by_rule_and_line(rule: str, line: Any, message: str) -> None:
    report = check(record(), line, record(), min_records=0)

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


@pytest.mark.parametrize(("given", "fix"), [(7, "add records"), (13, "use fewer records")])
def test_too_few_and_too_many_records_are_a_finding_of_the_whole_file(given: int, fix: str) -> None:
    report = check(*[record()] * given, min_records=8, max_records=12)

    assert [(finding.line, finding.rule) for finding in report.findings] == [(0, "record-count")]
    assert report.findings[0].message == f"must hold 8 to 12 records, got {given}; {fix}"


def test_all_findings_are_counted_and_the_first_fifty_kept() -> None:
    report = check(*[b"{"] * 120, min_records=0, max_records=200)

    assert report.finding_count == 120
    assert report.by_rule == {"json": 120}
    assert [finding.line for finding in report.findings] == list(range(1, SHOWN_FINDINGS + 1))


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    line = json.dumps(record(messages=[turn("user", "a" * 1000), turn("assistant")])).encode()
    lines: Iterator[bytes] = (b" " + line for _ in range(3000))
    tracemalloc.start()
    try:
        report = check_records(lines, record_format="converse", min_records=0, max_records=5000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert report.records == 3000
    assert peak < 200_000  # bytes; all the lines together are 3.5 million


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"must be one of converse, .*, got csv"):
        check(record(), record_format="csv")


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
    assert check(line, record_format="prompt-completion").by_rule == {rule: 1}


def test_good_records_give_no_finding() -> None:
    longer = record(messages=[turn("user"), turn("assistant"), turn("user"), turn("assistant")], system=None)

    assert check(record(), record(schemaVersion="any text"), longer).finding_count == 0
    assert (
        check({"prompt": "User: hello", "completion": "b"}, record_format="prompt-completion").finding_count == 0
    )  # only Nova reserves words
