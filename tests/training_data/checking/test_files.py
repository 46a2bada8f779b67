"""Files of every bad kind: a finding or a clear error, bounded memory."""

import os
import random
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz.check_targets import rules_of
from tests.training_data.checking.dataset_corpus import good_line
from training_data.checking.checker import DatasetChecker
from training_data.checking.files import check_dataset
from training_data.checking.findings import CheckReport
from training_data.checking.record_rules import MAX_LINE_BYTES
from training_data.sources.files import SourceError

CONVERSE = rules_of("converse")
RULES = replace(CONVERSE, limits=replace(CONVERSE.limits, min_records=0), usual_min_records=0)

GOOD, OTHER = (good_line("converse", random.Random(seed)) for seed in (1, 2))


def check(folder: Path, content: bytes, name: str = "train.jsonl") -> CheckReport:
    file = folder / name
    file.write_bytes(content)
    return check_dataset(file, RULES).training


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\x1f\x8b\x08\x00" + b"\0" * 40, "compressed (gzip)"),
        (b"PK\x03\x04" + b"\0" * 40, "zip archive"),
        (b"PAR1" + b"\0" * 40, "Parquet"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.decode().encode("utf-16-be"), "binary or UTF-16"),
        (bytes(range(256)) * 40, "binary or UTF-16"),
        (b"[" + GOOD + b"]", "JSON array"),
        (b" \n[\n" + GOOD + b"\n]", "JSON array"),
    ],
)
def test_what_is_no_json_lines_at_all_is_one_finding(tmp_path: Path, content: bytes, fault: str) -> None:
    report = check(tmp_path, content)

    assert report.by_rule == {"not-json-lines": 1}
    assert fault in report.findings[0].message


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (GOOD[:-20], "json"),
        (b"\xef\xbb\xbf" + GOOD, "encoding"),
        (GOOD.replace(b'"text"', b'"text":"x","text"', 1), "json"),
        (b'{"schemaVersion": NaN}', "json"),
        (b"[" * 100_000, "json"),
        (b'{"a":' * 100_000, "json"),
        (
            b'{"schemaVersion": "\\ud800", "messages": ' + GOOD.split(b'"messages"')[1].lstrip(b" :\t"),
            "schema-version-value",
        ),
        (b"\xff" + GOOD, "encoding"),
        (b"", "empty-line"),
    ],
    ids=[
        "truncated",
        "bom",
        "twice the same key",
        "nan",
        "nested lists",
        "nested objects",
        "surrogate",
        "latin-1",
        "empty",
    ],
)
def test_a_line_that_cannot_be_read_is_a_finding_and_the_others_are_checked(
    tmp_path: Path, line: bytes, rule: str
) -> None:
    report = check(tmp_path, b"\n".join([GOOD, line, OTHER]) + b"\n")

    assert report.by_rule | report.warnings_by_rule == {rule: 1}
    assert [finding.line for finding in (*report.findings, *report.warnings)] == [2]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_lines_may_end_in_any_usual_way(tmp_path: Path, end: bytes) -> None:
    report = check(tmp_path, (end or b"\n").join(good_line("converse", random.Random(seed)) for seed in range(5)) + end)

    assert (report.records, report.findings, report.warnings) == (5, [], [])


def test_an_empty_file_holds_no_records(tmp_path: Path) -> None:
    assert check(tmp_path, b"").records == 0


def test_a_line_of_a_hundred_megabytes_is_a_finding_and_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    with file.open("wb") as target:
        target.write(GOOD + b'\n{"a": "')
        for _ in range(100):
            target.write(b"x" * 1_000_000)
        target.write(b'"}\n' + GOOD + b"\n")
    tracemalloc.start()
    try:
        report = check_dataset(file, RULES).training
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert report.by_rule == {"too-long": 1}
    assert (report.findings[0].line, report.records) == (2, 3)
    assert peak < 4 * MAX_LINE_BYTES


@pytest.mark.parametrize(
    "name", ["train.json", "train.jsonl.txt", "train data.jsonl", "träin.jsonl", "a=b.jsonl", "a(1).jsonl"]
)
def test_a_name_that_bedrock_does_not_take_is_a_finding(tmp_path: Path, name: str) -> None:
    assert check(tmp_path, GOOD, name).by_rule == {"file-name": 1}


def test_the_size_is_limited_where_the_method_limits_it(tmp_path: Path) -> None:
    file = tmp_path / "prompts.jsonl"
    with file.open("wb") as target:
        target.truncate((1 << 30) + 1)  # sparse: takes no room

    report = check_dataset(file, rules_of("distillation-prompts")).training

    assert report.by_rule["file-size"] == 1


def test_what_is_no_file_is_an_error_that_says_what_it_is(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe.jsonl", tmp_path / "loop.jsonl"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path, fault in [
        (tmp_path, "is a directory"),
        (pipe, "is a device or pipe"),
        (Path("/dev/zero"), "is a device or pipe"),
        (loop, "cannot be read"),
        (tmp_path / "absent.jsonl", "No such file"),
        (Path("a\0b"), "is not a path"),
    ]:
        with pytest.raises(SourceError, match=fault):
            check_dataset(path, RULES)


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes(GOOD + b"\n")

    def feed(checker: DatasetChecker, piece: bytes) -> None:
        os.utime(file, ns=(0, 0))

    monkeypatch.setattr(DatasetChecker, "feed", feed)

    with pytest.raises(SourceError, match="changed while it was read"):
        check_dataset(file, RULES)


def test_two_lines_are_two_records(tmp_path: Path) -> None:
    """Python 3.11.2 once found four."""
    report = check(tmp_path, b'{"messages":[]}\n' * 2)

    assert report.records == 2
    assert report.by_rule == {"schema-version": 2, "turns": 2}
