"""A split is repeatable, alike in length, keeps duplicates together and stays within the base model's limits."""

import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.__main__ import main
from training_data.atomic_output import OutputError
from training_data.record_texts import normalized_key, turns_in
from training_data.sources.files import SourceError
from training_data.splitting import Split, split_dataset

NOVA, LLAMA, TITAN = "amazon.nova-micro-v1:0", "meta.llama3-3-70b-instruct-v1:0", "amazon.titan-embed-image-v1"


def record(question: str, answer: str) -> dict[str, Any]:
    turns = [{"role": "user", "content": [{"text": question}]}, {"role": "assistant", "content": [{"text": answer}]}]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": turns}


def write(folder: Path, records: list[dict[str, Any]]) -> Path:
    file = folder / "all.jsonl"
    file.write_text("".join(json.dumps(item) + "\n" for item in records))
    return file


def split(file: Path, share: float = 0.2, seed: int = 1, most: int | None = None) -> Split:
    folder = file.parent
    return split_dataset(
        file, training=folder / "t.jsonl", validation=folder / "v.jsonl", share=share, seed=seed, most=most
    )


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_the_same_seed_gives_the_same_split_and_another_another(tmp_path: Path) -> None:
    file = write(tmp_path, [record(f"q{n}", "a" * n) for n in range(100)])
    results = []
    for seed in (1, 1, 2):
        split(file, seed=seed)
        results.append((tmp_path / "v.jsonl").read_bytes())

    assert results[0] == results[1] != results[2]


def test_nothing_is_lost_and_the_order_stays(tmp_path: Path) -> None:
    records = [record(f"q{n}", "a") for n in range(50)]

    done = split(write(tmp_path, records))

    training, validation = read(tmp_path / "t.jsonl"), read(tmp_path / "v.jsonl")
    assert (done.training, done.validation) == (40, 10) == (len(training), len(validation))
    assert training == [item for item in records if item not in validation]


def test_lengths_are_alike_on_both_sides(tmp_path: Path) -> None:
    """Half of the records are ten times as long: so is half of the validation set, for every seed."""
    records = [record(f"q{n}", "word " * (10 if n % 2 else 100)) for n in range(200)]
    file = write(tmp_path, records)

    for seed in range(5):
        split(file, share=0.1, seed=seed)
        long = [item for item in read(tmp_path / "v.jsonl") if len(item["messages"][1]["content"][0]["text"]) > 200]
        assert len(long) == 10


@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["{}", " {}!", "{}.", "{} "])), min_size=2, max_size=40),
    st.integers(),
)
@settings(max_examples=60, deadline=None)
def test_no_duplicate_is_on_both_sides(tmp_path_factory: pytest.TempPathFactory, texts: list[Any], seed: int) -> None:
    folder = tmp_path_factory.mktemp("split")
    file = write(folder, [record(style.format(f"Q{number}"), f"A{number}") for number, style in texts])
    try:
        split(file, seed=seed)
    except SourceError:
        assert len({number for number, _ in texts}) < 2 or all(sum(n == m for m, _ in texts) > 1 for n, _ in texts)
        return

    keys = [{normalized_key(turns_in(item)) for item in read(folder / name)} for name in ("t.jsonl", "v.jsonl")]
    assert not keys[0] & keys[1]
    assert all(keys)


def test_questions_that_are_asked_on_both_sides_are_counted(tmp_path: Path) -> None:
    done = split(write(tmp_path, [record("the same", f"answer {n}") for n in range(10)]))

    assert done.same_prompts == 2


@pytest.mark.parametrize("records", [[], [record("a", "b")], [record("a", "b")] * 9])
def test_too_few_different_records_write_nothing(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    with pytest.raises(SourceError):
        split(write(tmp_path, records))

    assert [path.name for path in tmp_path.iterdir()] == ["all.jsonl"]


def test_a_broken_record_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, [record("a", "b"), record("c", "d")])
    file.write_text(file.read_text() + "{broken\n")

    with pytest.raises(SourceError, match=r"all\.jsonl:3: is not one JSON object"):
        split(file)

    assert [path.name for path in tmp_path.iterdir()] == ["all.jsonl"]


def command(file: Path, *more: str, model: str = NOVA) -> int:
    outputs = ["--training", str(file.parent / "t.jsonl"), "--validation", str(file.parent / "v.jsonl")]
    return main(["data", "split", str(file), "--model", model, *outputs, *more])


def test_the_command_checks_both_files_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(write(tmp_path, [record(f"q{n}", "a") for n in range(30)])) == 0

    printed = capsys.readouterr().out
    assert "training 27, validation 3 records, seed 0" in printed
    assert "v.jsonl: 3 records, 0 findings" in printed


def test_llamas_limit_of_validation_records_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = random.Random(1)
    file = write(tmp_path, [record(f"q{n}", "a" * numbers.randrange(50) + "b") for n in range(3000)])

    assert command(file, "--share", "0.5", model=LLAMA) == 0
    assert "training 2,000, validation 1,000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "model", "fault"),
    [
        ((), TITAN, "takes no validation set"),
        (("--validation", "SAME"), NOVA, "is named twice"),
        (("--training", "SOURCE"), NOVA, "is named twice"),
    ],
)
def test_clear_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], model: str, fault: str
) -> None:
    file = write(tmp_path, [record(f"q{n}", "a") for n in range(30)])
    names = {"SAME": str(tmp_path / "t.jsonl"), "SOURCE": str(file)}

    assert command(file, *(names.get(item, item) for item in more), model=model) == 2
    assert fault in capsys.readouterr().err


@pytest.mark.parametrize("share", ["0", "1", "-1", "half"])
def test_a_share_outside_0_and_1_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], share: str) -> None:
    with pytest.raises(SystemExit):
        command(tmp_path / "all.jsonl", "--share", share)

    assert "must be a number above 0 and below 1" in capsys.readouterr().err


def test_memory_does_not_grow_with_the_records(tmp_path: Path) -> None:
    file = write(tmp_path, [record(f"q{n}", "a" * (n % 90) + "b") for n in range(20_000)])
    tracemalloc.start()
    try:
        split(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 1_000_000  # bytes, 50 a record: less than Python needs to keep a key of each


def test_a_full_temporary_folder_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training_data.splitting.GROUPS", "SELECT 1 FROM gone")

    with pytest.raises(OutputError, match="cannot be written: no such table: gone; free space in the temporary folder"):
        split(write(tmp_path, [record(f"q{n}", "a") for n in range(9)]))

    assert [path.name for path in tmp_path.iterdir()] == ["all.jsonl"]
