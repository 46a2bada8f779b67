"""What is found is replaced by its kind and counted, the rest stays; without the library the error helps."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from kit.__main__ import main
from training_data.redaction import DEFAULT_KINDS, finder, redact_text

TEXTS = [
    ("Mail jane.doe@example.com!", "Mail [EMAIL]!"),
    ("Call +49 30 901820 now", "Call [PHONE] now"),
    ("Card 4111 1111 1111 1111.", "Card [CREDIT_CARD]."),
    ("Card 4111 1111 1111 1112.", "Card 4111 1111 1111 1112."),
    ("IBAN DE89370400440532013000", "IBAN [DE_IBAN]"),
    ("SSN 536-90-4399 of", "SSN [SSN] of"),
    ("Host 10.0.0.1 ß", "Host [IP_ADDRESS] ß"),
    ("Jane Doe of 12 High Street, born 1990-01-02", "Jane Doe of 12 High Street, born 1990-01-02"),
    ("ß😀 a@b.example and c@d.example", "ß😀 [EMAIL] and [EMAIL]"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "redacted"), TEXTS)
def test_what_is_found_and_what_is_not(text: str, redacted: str) -> None:
    assert redact_text(text, finder(DEFAULT_KINDS), Counter()) == redacted


def test_dates_only_if_asked_for() -> None:
    found: Counter[str] = Counter()

    assert redact_text("born 1990-01-02, a@b.example", finder(["DATE"]), found) == "born [DATE], a@b.example"
    assert found == {"DATE": 1}


def test_of_two_that_overlap_the_longer_one_is_named() -> None:
    found: Counter[str] = Counter()

    assert redact_text("0123456789", lambda _: [("A", 2, 4), ("B", 3, 8), ("C", 8, 9)], found) == "012[B][C]9"
    assert found == {"B": 1, "C": 1}


def redact(file: Path, *more: str) -> int:
    return main(["data", "redact", str(file), "--output", str(file.parent / "clean.jsonl"), *more])


def test_a_file_is_redacted_with_counts_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("prompt,response\nWho?,a@b.example or c@d.example\nWhat?,Nothing\n")

    assert redact(file) == 0

    rows = [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text().splitlines()]
    assert rows == [{"prompt": "Who?", "response": "[EMAIL] or [EMAIL]"}, {"prompt": "What?", "response": "Nothing"}]
    printed = capsys.readouterr().out
    assert "       2 EMAIL" in printed
    assert "2 records, something taken out of 1" in printed
    assert "not looked for" in printed


def test_records_that_cannot_be_read_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"prompt": "a@b.example"\n{"prompt": "\\ud800 a@b.example"}\n{"prompt": "fine"}\n')

    assert redact(file) == 1
    assert (tmp_path / "clean.jsonl").read_text() == '{"prompt": "fine"}\n'
    assert "left out, unreadable: 2 records, the first: mine.jsonl:1" in capsys.readouterr().out


@pytest.mark.parametrize(("more", "fault"), [(("--kinds", "EMAIL,FACE"), "got FACE"), (("--kinds", ""), "got ")])
def test_unknown_kinds_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(SystemExit):
        redact(tmp_path / "mine.jsonl", *more)

    assert fault in capsys.readouterr().err


def test_without_the_library_the_error_names_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"prompt": "a"}\n')
    monkeypatch.setitem(sys.modules, "datafog_core", None)

    assert redact(file) == 2
    assert ".venv/bin/uv pip install datafog-core" in capsys.readouterr().err
    assert not (tmp_path / "clean.jsonl").exists()
