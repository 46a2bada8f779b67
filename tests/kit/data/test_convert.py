"""`kit data convert` as a person calls it: what it prints, what it writes, its exit codes."""

import gzip
import json
from pathlib import Path

import pytest

from kit.__main__ import main

NOVA, LLAMA_31 = "amazon.nova-micro-v1:0", "meta.llama3-1-8b-instruct-v1:0:128k"


def chats(number: int) -> str:
    return "".join(
        json.dumps({"messages": [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": f"a{n}"}]})
        + "\n"
        for n in range(number)
    )


def convert(source: Path, *more: str, model: str = NOVA) -> tuple[int, Path]:
    output = source.parent / "train.jsonl"
    code = main(["data", "convert", str(source), "--model", model, "--output", str(output), *more])
    return code, output


def source(folder: Path, content: str, name: str = "mine.jsonl") -> Path:
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return file


def test_chats_become_a_dataset_that_passes_the_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = convert(source(tmp_path, chats(8)))

    printed = capsys.readouterr().out
    assert code == 0
    assert "recognised: chat 8" in printed
    assert "records written 8, dropped 0, changed 0" in printed
    assert "train.jsonl: 8 records, 0 findings" in printed
    assert json.loads(output.read_text().splitlines()[7])["messages"][1]["content"] == [{"text": "a7"}]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_was_dropped_and_changed_is_shown_and_reported_with_its_original(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = '{"messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "tool_calls": [{"id": "1"}]}]}'
    report = tmp_path / "report.jsonl"

    code, output = convert(source(tmp_path, f'{chats(8)}{tool}\n{{"id": 4, "prompt": "a", "response": "b"}}\n'),
                           "--report", str(report))  # fmt: skip

    entries = [json.loads(line) for line in report.read_text().splitlines()]
    assert code == 1
    assert len(output.read_text().splitlines()) == 9
    assert [(entry["line"], entry["action"]) for entry in entries] == [(9, "dropped"), (10, "changed")]
    assert entries[0]["original"] == tool
    assert "calls a tool" in entries[0]["reasons"][0]
    printed = capsys.readouterr().out
    assert "  dropped      1  messages[1] calls a tool" in printed
    assert "  changed      1  left out 'id', which training would not see\n                 mine.jsonl:10\n" in printed


def test_faults_that_differ_in_figures_only_are_one_line_with_the_first_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = "".join(f'{{"messages": {" " * blanks}x}}\n' for blanks in range(20))

    convert(source(tmp_path, f'{chats(8)}{broken}{{"messages": [], "messages": []}}\n'))

    printed = capsys.readouterr().out
    first = "is not one JSON object: Expecting value (column 14); write one record a line"
    assert f"  dropped     21  {first}\n                 mine.jsonl:9, mine.jsonl:10, mine.jsonl:11, ...\n" in printed


def test_findings_of_the_checks_are_shown_with_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = convert(source(tmp_path, chats(3)))

    assert code == 1
    assert output.is_file()
    assert "must hold 8 to 20,000 records, got 3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ((), "train.jsonl exists; name another one, or add --force"),
        (("--report", "SAME"), "is named twice; name another file"),
        (("--method", "reinforcement-fine-tuning"), "cannot be customized by REINFORCEMENT_FINE_TUNING"),
    ],
)
def test_a_clear_error_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], fault: str
) -> None:
    (tmp_path / "train.jsonl").write_text("mine")
    given = tuple(str(tmp_path / "mine.jsonl") if item == "SAME" else item for item in more)

    code, output = convert(source(tmp_path, chats(8)), *given, *(("--force",) if "--report" in more else ()))

    assert code == 2
    assert fault in capsys.readouterr().err
    assert output.read_text() == "mine"


def test_force_replaces_and_llama_31_gets_prompts_and_completions(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("old")

    code, output = convert(source(tmp_path, chats(100)), "--force", model=LLAMA_31)

    assert code == 0
    assert json.loads(output.read_text().splitlines()[0]) == {"prompt": "q0", "completion": "a0"}


def test_continued_pre_training_says_that_no_model_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = convert(source(tmp_path, '{"input": "Lime is hard."}\n'), "--method", "continued-pre-training")

    assert code == 0
    assert output.read_text() == '{"input": "Lime is hard."}\n'
    assert "no base model on Bedrock takes continued pre-training today" in capsys.readouterr().out


def test_a_table_with_columns_of_its_own_names(tmp_path: Path) -> None:
    rows = "Frage,Antwort\n" + "".join(f'"q, {n}",a{n}\n' for n in range(8))

    code, output = convert(source(tmp_path, rows, "faq.csv"), "--columns", "prompt=Frage,response=Antwort")

    assert code == 0
    assert json.loads(output.read_text().splitlines()[3])["messages"][0]["content"] == [{"text": "q, 3"}]


def test_a_table_without_header_in_windows_1252(tmp_path: Path) -> None:
    file = source(tmp_path, "", "faq.csv")
    file.write_bytes(("größe?;10\n" * 8).encode("cp1252"))

    code, output = convert(file, "--no-header", "--encoding", "windows-1252")

    assert code == 0
    assert json.loads(output.read_text(encoding="utf-8").splitlines()[3])["messages"][0]["content"] == [
        {"text": "größe?"}
    ]


def test_chosen_answers_are_used_if_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f'{{"prompt": "q{n}", "chosen": "a{n}", "rejected": "x"}}\n' for n in range(8))

    assert convert(source(tmp_path, rows), "--use", "chosen")[0] == 0
    assert "recognised: preference 8" in capsys.readouterr().out


def test_gzipped_invocation_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {
        "schemaType": "ModelInvocationLog",
        "operation": "Converse",
        "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "q"}]}]}},
        "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "a"}]}}}},
    }
    file = tmp_path / "log.json.gz"
    file.write_bytes(gzip.compress((json.dumps(entry) + "\n").encode() * 8))

    code, output = convert(file)

    assert code == 0
    assert "recognised: invocation-log 8" in capsys.readouterr().out
    assert len(output.read_text().splitlines()) == 8


@pytest.mark.parametrize("columns", ["prompt", "=a", "prompt=", ","])
def test_columns_that_are_no_pairs_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], columns: str
) -> None:
    with pytest.raises(SystemExit):
        convert(source(tmp_path, chats(1)), "--columns", columns)

    assert "must be KEY=NAME pairs" in capsys.readouterr().err


def test_llamas_distillation_takes_one_question_a_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [{"role": ("user", "assistant")[n % 2], "content": str(n)} for n in range(4)]
    file = source(tmp_path, chats(100) + json.dumps({"messages": turns}))

    code, output = convert(file, "--method", "distillation", model=LLAMA_31)

    assert code == 1
    assert len(output.read_text().splitlines()) == 100
    assert "has 2 questions, this base model takes one a record" in capsys.readouterr().out
    assert convert(file, "--method", "distillation", "--force")[0] == 0
