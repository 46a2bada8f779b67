"""Records twice in a file, records in training and validation set, prompts in both, placeholders left in."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.check_targets import rules_of
from tests.training_data.checking.dataset_corpus import GOOD, good_line, medium_of
from training_data.checking.dataset_rules import DatasetReport
from training_data.checking.files import check_dataset
from training_data.checking.repeated_records import RecordIndex


def chat(question: str, answer: str = "Empty.", system: str = "", *blocks: dict[str, Any]) -> dict[str, Any]:
    turns = [
        {"role": "user", "content": [{"text": question}, *blocks]},
        {"role": "assistant", "content": [{"text": answer}]},
    ]
    before = {"system": [{"text": system}]} if system else {}
    return {"schemaVersion": "bedrock-conversation-2024", **before, "messages": turns}


def check(folder: Path, training: list[Any], validation: list[Any] | None = None) -> DatasetReport:
    files = [folder / "train.jsonl", folder / "validation.jsonl"]
    for file, records in zip(files, (training, validation or []), strict=True):
        file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return check_dataset(files[0], rules_of("converse"), validation=files[1] if validation else None)


def test_repeated_lines_are_one_warning_that_names_the_first_pair_and_counts_all(tmp_path: Path) -> None:
    report = check(tmp_path, [chat("a"), chat("b"), chat("c"), chat("b"), chat("a"), chat("b")]).training

    assert report.warnings_by_rule == {"duplicate-record": 1}
    assert report.warnings[0].line == 4
    assert report.warnings[0].message.startswith("is the same as line 2; 3 records in all repeat another; you pay for")


@pytest.mark.parametrize(
    "held_out",
    [
        chat("How do I clean it?"),
        chat("how do I  clean it"),
        chat("How do I clean it?", "EMPTY", "Be brief."),
    ],
)
def test_a_record_in_both_sets_is_a_finding_whatever_its_case_and_system_prompt(
    tmp_path: Path, held_out: dict[str, Any]
) -> None:
    report = check(tmp_path, [chat("b"), chat("How do I clean it?")], [chat("c"), held_out])

    assert report.validation
    assert not report.passes
    assert [(item.line, item.rule) for item in report.validation.findings] == [(2, "leakage")]
    assert "(line 2)" in report.validation.findings[0].message
    assert report.validation.warnings == []


def test_a_prompt_in_both_sets_with_another_answer_is_a_warning(tmp_path: Path) -> None:
    report = check(tmp_path, [chat("a", "yes"), chat("b")], [chat("c"), chat("A!", "no"), chat("b", "other")])

    assert report.validation
    assert report.validation.findings == []
    assert [(item.line, item.rule) for item in report.validation.warnings] == [(2, "shared-prompt")]
    assert "1 record after it" in report.validation.warnings[0].message


def test_records_with_other_images_are_different(tmp_path: Path) -> None:
    first, second = (medium_of("image", "png", uri=f"s3://bucket/{name}.png") for name in "ab")
    report = check(tmp_path, [chat("What?", "A tank.", "", first)], [chat("What?", "A tank.", "", second)])

    assert report.validation
    assert "leakage" not in report.validation.by_rule
    assert "shared-prompt" not in report.validation.warnings_by_rule


@pytest.mark.parametrize("record_format", GOOD)
def test_every_format_leaks(tmp_path: Path, record_format: str) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes(b"".join(good_line(record_format, random.Random(seed)) + b"\n" for seed in range(3)))

    report = check_dataset(file, rules_of(record_format), validation=file)

    assert report.validation
    assert report.validation.by_rule["leakage"] == 3


def test_an_index_of_several_files_names_the_file_of_each_record() -> None:
    index = RecordIndex(10, across=False)
    for name, count in (("a.jsonl", 2), ("empty.jsonl", 0), ("b.jsonl", 1)):
        index.begin(name)
        for number in range(1, count + 1):
            index.add(number, b"", chat("a"))

    assert [index.place(at) for at in range(3)] == ["a.jsonl:1", "a.jsonl:2", "b.jsonl:1"]


def test_an_index_stops_where_the_dataset_is_refused_for_its_size() -> None:
    index = RecordIndex(3, across=True)
    for number in range(10):
        index.add(number, b"%d" % number, chat(str(number)))

    assert [len(keys) for keys in (index.numbers, index.lines, index.contents, index.prompts)] == [3] * 4


@pytest.mark.parametrize(
    "text",
    [
        "Dear {{ customer_name }}, hello",
        "Dear <INSERT NAME>",
        "Yours, [Your Name]",
        "[TODO: answer]",
        "see <your-api-key>",
        "Lorem ipsum dolor sit amet",
    ],
)
def test_a_placeholder_is_a_warning(tmp_path: Path, text: str) -> None:
    report = check(tmp_path, [chat("Write it", text), chat("b")]).training

    assert report.warnings_by_rule == {"placeholder": 1}
    assert report.warnings[0].message.startswith("messages[1].content.text holds '")


@pytest.mark.parametrize("text", ["a[0] < b", "<b>your bag</b>", "{'a': {'b': 1}}", "[EMAIL]", "{{}}", "insert a coin"])
def test_what_only_looks_like_a_placeholder_is_none(tmp_path: Path, text: str) -> None:
    assert check(tmp_path, [chat("Write it", text), chat("b")]).training.warnings == []
