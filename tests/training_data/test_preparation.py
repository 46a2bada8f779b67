"""Files in, one checked file out, the same bytes each time; nothing is written when anything is wrong."""

import hashlib
import json
import tracemalloc
from pathlib import Path

import pytest

from model_catalog import catalog
from training_data.checking.model_rules import model_rules
from training_data.preparation import DatasetError, PreparedDataset, prepare_dataset

NOVA = "amazon.nova-micro-v1:0:128k"
RULES = model_rules(NOVA, "FINE_TUNING", catalog.find(NOVA).customizations["FINE_TUNING"].limits)
GOOD = '{"prompt": "Wie heiß?", "response": "90 °C"}\n'


def prepare(folder: Path, *contents: str, min_records: int = 1, max_records: int = 100) -> PreparedDataset:
    files = [folder / f"part-{number}.jsonl" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_text(content, encoding="utf-8")
    return prepare_dataset(
        files,
        RULES,
        min_records=min_records,
        max_records=max_records,
        output=folder / "out.jsonl",
    )


def test_a_broken_record_on_line_57_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        prepare(tmp_path, GOOD * 56 + '{"prompt": "broken\n' + GOOD * 3)

    assert str(caught.value).startswith(
        "part-0.jsonl:57: is not one JSON object: Unterminated string starting at (column 12); "
    )
    assert not (tmp_path / "out.jsonl").exists()


def test_faults_of_reading_and_of_checking_are_reported_together_in_order(tmp_path: Path) -> None:
    reserved = '{"prompt": "What is System: for?", "response": "b"}\n'
    open_end = '{"messages": [{"role": "user", "content": "a"}]}\n'

    with pytest.raises(DatasetError) as caught:
        prepare(tmp_path, GOOD + reserved + open_end, '{"prompt": 1}')

    assert [line.split(": ", 1)[0] for line in str(caught.value).splitlines()] == [
        "part-0.jsonl:2",
        "part-0.jsonl:3",
        "part-1.jsonl:1",
    ]
    assert "reserved word 'System:'" in str(caught.value)


def test_a_fault_of_many_records_is_one_line(tmp_path: Path) -> None:
    preference = json.dumps({"prompt": "a?", "chosen": "b", "rejected": "c"}) + "\n"

    with pytest.raises(DatasetError) as caught:
        prepare(tmp_path, preference * 80, "{}", GOOD + preference)

    first, second = str(caught.value).splitlines()
    assert first.startswith("part-0.jsonl:1: is a preference (chosen and rejected)")
    assert first.endswith("; and 80 more like it: part-0.jsonl:2, part-0.jsonl:3, part-0.jsonl:4, ...")
    assert second.startswith("part-1.jsonl:1: ")


def test_a_missing_file_does_not_hide_the_faults_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}")

    with pytest.raises(DatasetError) as caught:
        prepare_dataset(
            [tmp_path / "gone.jsonl", tmp_path / "bad.jsonl"],
            RULES,
            min_records=1,
            max_records=9,
            output=tmp_path / "out.jsonl",
        )

    assert "gone.jsonl: " in str(caught.value)
    assert "bad.jsonl:1: " in str(caught.value)


@pytest.mark.parametrize(("given", "fix"), [("7", "add records"), ("21 or more", "use fewer records")])
def test_too_few_and_too_many_records_are_refused(tmp_path: Path, given: str, fix: str) -> None:
    with pytest.raises(DatasetError, match=f"takes 8 to 20 records, got {given}; {fix}"):
        prepare(tmp_path, GOOD * int(given[:2]), min_records=8, max_records=20)


def test_the_output_is_one_json_object_a_line_in_order_and_readable(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, GOOD, '{"prompt": "second", "response": "b"}\r\n')
    content = prepared.path.read_bytes()

    assert "Wie heiß?".encode() in content
    assert b"\r" not in content
    assert content.endswith(b"}\n")
    assert [json.loads(line)["messages"][0]["content"][0]["text"] for line in content.splitlines()] == [
        "Wie heiß?",
        "second",
    ]
    assert prepared.sha256 == hashlib.sha256(content).hexdigest()
    assert [(file.name, shape, count) for file, shape, count in prepared.sources] == [
        ("part-0.jsonl", "labelled", 1),
        ("part-1.jsonl", "labelled", 1),
    ]


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    assert prepare(tmp_path, GOOD * 5).sha256 == prepare(tmp_path, GOOD * 5).sha256


def test_reading_ends_after_the_limits_record(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        prepare(tmp_path, GOOD * 21 + "{broken\n", max_records=20)

    fault = "part-0.jsonl: the base model takes 1 to 20 records, got 21 or more; use fewer records"
    assert str(caught.value) == fault
    assert [path.name for path in tmp_path.iterdir()] == ["part-0.jsonl"]


def test_findings_before_the_limit_are_reported_too(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        prepare(tmp_path, "{broken\n" + GOOD * 30, max_records=20)

    assert [line.split(": ", 1)[0] for line in str(caught.value).splitlines()] == ["part-0.jsonl:1", "part-0.jsonl"]


def test_memory_does_not_grow_with_the_records(tmp_path: Path) -> None:
    line = json.dumps({"prompt": "a" * 20_000, "response": "b"}) + "\n"
    tracemalloc.start()
    try:
        prepared = prepare(tmp_path, line * 500, max_records=500)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert prepared.records == 500
    assert prepared.path.stat().st_size > 10_000_000
    assert peak < 21_000_000  # the content that the test itself writes, twice
