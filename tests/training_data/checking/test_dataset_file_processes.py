"""Ranges and processes give the report of the whole; a worker that fails is an error, and none is left behind."""

import os
import random
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fuzz.check_targets import explained, rules_of
from tests.training_data.checking.dataset_corpus import good_line, mutated_line
from training_data.checking import dataset_file
from training_data.checking.dataset_file import DatasetFileError, FileRange, check_file, check_range
from training_data.checking.findings import CheckReport

PROJECT = Path(__file__).resolve().parents[3]

RULES = rules_of("converse")

GOOD = good_line("converse", random.Random(1))


@pytest.mark.parametrize("seed", range(6))
def test_ranges_give_the_report_of_the_whole(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    lines = [source.choice([good_line, mutated_line])("converse", source) for _ in range(60)]
    content = b"\n".join([*lines, b"x" * 5000, GOOD]) + source.choice([b"\n", b""])
    file = tmp_path / "train.jsonl"
    file.write_bytes(content)
    edges = sorted({0, len(content), *(source.randrange(len(content)) for _ in range(7))})
    merged, lines_before = CheckReport(), 0

    for start, stop in pairwise(edges):
        report, count = check_range(FileRange(str(file), start, stop, RULES))
        merged.append(report, lines_before)
        lines_before += count

    assert merged == explained(content, RULES)
    assert lines_before == content.rstrip(b"\n").count(b"\n") + 1


def test_processes_give_the_report_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_file, "RANGE_BYTES", 20_000)
    source = random.Random(3)
    file = tmp_path / "train.jsonl"
    file.write_bytes(b"\n".join(source.choice([good_line, mutated_line])("converse", source) for _ in range(400)))

    assert check_file(file, RULES, processes=3) == check_file(file, RULES, processes=1)


def test_processes_find_a_file_that_is_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_file, "RANGE_BYTES", 1_000)
    monkeypatch.chdir(tmp_path)
    Path("train.jsonl").write_bytes((GOOD + b"\n") * 100)

    assert check_file(Path("train.jsonl"), RULES, processes=2).records == 100


def test_a_worker_that_cannot_be_started_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_file, "RANGE_BYTES", 1_000)
    monkeypatch.setattr(dataset_file, "WORKER", [str(tmp_path / "absent")])
    (tmp_path / "train.jsonl").write_bytes((GOOD + b"\n") * 100)

    with pytest.raises(DatasetFileError, match="no process can be started"):
        check_file(tmp_path / "train.jsonl", RULES, processes=2)


def test_a_worker_that_dies_before_it_was_told_anything_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_file, "RANGE_BYTES", 1_000)
    monkeypatch.setattr(dataset_file, "WORKER", ["false"])
    (tmp_path / "train.jsonl").write_bytes((GOOD + b"\n") * 100)

    with pytest.raises(DatasetFileError, match="ended with 1"):
        check_file(tmp_path / "train.jsonl", RULES, processes=2)


def test_a_worker_that_fails_is_an_error_not_a_short_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_file, "RANGE_BYTES", 1_000)
    monkeypatch.setattr(dataset_file, "WORKER", [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(3)"])
    file = tmp_path / "train.jsonl"
    file.write_bytes((GOOD + b"\n") * 100)

    with pytest.raises(DatasetFileError, match="ended with 3"):
        check_file(file, RULES, processes=2)


def test_no_worker_outlives_an_interrupted_check(tmp_path: Path) -> None:
    file, mark = tmp_path / "train.jsonl", f"mark-{os.getpid()}"
    file.write_bytes((GOOD + b"\n") * 2000)
    code = (
        "import sys, time; from pathlib import Path; from training_data import dataset_file as d\n"
        "from tests.fuzz.check_targets import rules_of\n"
        "d.RANGE_BYTES = 1000\n"
        f"d.WORKER = [sys.executable, '-c', 'import time; time.sleep(60)', '{mark}']\n"
        "def wait(part): print('started', flush=True); time.sleep(60)\n"
        "d.check_range = wait\n"
        f"d.check_file(Path({str(file)!r}), rules_of('converse'), processes=2)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as main:
        assert main.stdout
        assert main.stdout.readline() == b"started\n"
        main.send_signal(signal.SIGINT)
        main.wait(timeout=20)

    assert _processes_with(mark) == []


def _processes_with(mark: str) -> list[str]:
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in command.read_bytes():
                found.append(command.parent.name)
        except OSError:
            continue
    return found
