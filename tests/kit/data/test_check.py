"""`kit data check` as a command: what it prints, as text and as JSON, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main

PROJECT = Path(__file__).resolve().parents[3]
NOVA = "amazon.nova-micro-v1:0:128k"


def turns(question: str = "E1?", answer: str = "The tank is empty.") -> dict[str, Any]:
    pairs = (("user", question), ("assistant", answer))
    messages = [{"role": role, "content": [{"text": text}]} for role, text in pairs]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": messages}


def written(file: Path, *records: Any) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def good(count: int) -> list[dict[str, Any]]:
    """Different ones."""
    return [turns(f"E{number}?") for number in range(count)]


def test_findings_name_file_line_fault_and_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "train.jsonl", *good(9), turns("User: hello"), turns(""))

    assert main(["data", "check", str(file), "--model", NOVA]) == 1

    first, second, counts = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{file}:10: messages[0].content.text holds the reserved word 'User:'; rephrase it")
    assert second.startswith(f"{file}:11: messages[0].content.text must be text that is not empty, got ''; write it")
    assert counts == f"{file}: 11 records, 2 findings (empty-text 1, reserved-word 1)"


def test_fifty_findings_are_shown_and_all_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "train.jsonl", *[turns("", f"a{number}") for number in range(120)])

    assert main(["data", "check", str(file), "--model", NOVA]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 51
    assert lines[-1].endswith("120 records, 120 findings (empty-text 120); the first 50 are shown")


def test_warnings_are_marked_and_do_not_fail_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "train.jsonl", *good(8), turns("the user: said"))

    assert main(["data", "check", str(file), "--model", NOVA]) == 0

    shown = capsys.readouterr().out
    assert f"{file}:9: warning: " in shown
    assert f"{file}: 1 warning (reserved-word-doubtful 1)" in shown


def test_a_file_validated_against_itself_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(written(tmp_path / "train.jsonl", *good(8)))

    assert main(["data", "check", file, "--model", NOVA, "--validation", file]) == 1

    first, *_, counts = capsys.readouterr().out.splitlines()[1:]
    assert first.startswith(f"{file}:1: is also in the training set (line 1); the loss on it would say nothing; remove")
    assert counts == f"{file}: 8 records, 8 findings (leakage 8)"


@pytest.mark.parametrize("model", [NOVA, "amazon.nova-micro-v1:0", "us.amazon.nova-micro-v1:0"])
def test_the_model_may_be_named_by_any_of_its_ids(tmp_path: Path, model: str) -> None:
    assert main(["data", "check", str(written(tmp_path / "train.jsonl", *[turns()] * 8)), "--model", model]) == 0


def test_json_holds_what_the_text_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    training = written(tmp_path / "train.jsonl", *[turns()] * 8, turns(""))
    validation = written(tmp_path / "validation.jsonl", turns())
    command = ["data", "check", str(training), "--model", NOVA, "--validation", str(validation), "--json"]

    assert main(command) == 1

    report = json.loads(capsys.readouterr().out)
    assert (report["passes"], report["model"], report["method"]) == (False, NOVA, "FINE_TUNING")
    assert [file["records"] for file in report["files"]] == [9, 1]
    assert report["files"][0]["findings"][0]["line"] == 9
    assert report["files"][0]["by_rule"] == {"empty-text": 1}


@pytest.mark.parametrize("method", ["DISTILLATION", "distillation"])
def test_a_method_has_its_own_format(tmp_path: Path, method: str, capsys: pytest.CaptureFixture[str]) -> None:
    prompt = turns()
    prompt["messages"].pop()
    file = written(tmp_path / "prompts.jsonl", *[prompt] * 100)

    assert main(["data", "check", str(file), "--model", NOVA, "--method", method]) == 0
    assert main(["data", "check", str(file), "--model", NOVA]) == 1


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["absent.jsonl", "--model", NOVA], "No such file"),
        ([".", "--model", NOVA], "is a directory"),
        (["train.jsonl", "--model", "amazon.nova-mikro-v1:0"], "did you mean"),
        (
            ["train.jsonl", "--model", "meta.llama3-3-70b-instruct-v1:0", "--method", "DISTILLATION"],
            "allowed: FINE_TUNING",
        ),
        (["train.jsonl", "--model", NOVA, "--bucket", "b", "--validation", "absent.jsonl"], "No such file"),
    ],
)
def test_what_cannot_be_checked_ends_with_two(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    fault: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "train.jsonl", *[turns()] * 8)

    assert main(["data", "check", *arguments]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("kit data check: ")
    assert fault in captured.err


def test_records_of_any_characters_can_be_shown_on_any_terminal(tmp_path: Path) -> None:
    file = tmp_path / "tr\udcffain.jsonl"
    file.write_bytes(b'{"\\ud800\\u001b[31m": "\xc3\xa9"}\n')
    command = [sys.executable, "-m", "kit", "data", "check", str(file), "--model", NOVA]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, check=False)

    assert done.returncode == 1
    assert done.stderr == b""
    assert b"\x1b" not in done.stdout
