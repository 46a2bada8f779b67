"""Columns, header and encoding are read alike by every subcommand that reads files as people have them."""

import json
from pathlib import Path

import pytest

from kit.__main__ import main

READING = ["--no-header", "--encoding", "windows-1252", "--columns", "prompt=2,response=1"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "faq.csv"
    file.write_bytes("Nach Größe;Wie sortiert?;7\nAn a@b.example;Wohin schreiben?;8\n".encode("cp1252"))
    return file


def test_redact_reads_and_names_the_columns(table: Path, tmp_path: Path) -> None:
    assert main(["data", "redact", str(table), "--output", str(tmp_path / "clean.jsonl"), *READING]) == 0

    rows = [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[0] == {"response": "Nach Größe", "prompt": "Wie sortiert?", "3": "7"}
    assert rows[1]["response"] == "An [EMAIL]"


def test_stats_counts_both_rows_with_their_turns(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "stats", str(table), *READING]) == 0

    printed = capsys.readouterr().out
    assert "records: 2," in printed
    assert "turns: 2 in 2 records" in printed


@pytest.mark.parametrize("command", ["stats", "redact"])
def test_an_encoding_that_is_none_is_refused(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    output = ["--output", str(tmp_path / "clean.jsonl")] if command == "redact" else []

    assert main(["data", command, str(table), "--encoding", "excel", *output]) == 2
    assert "--encoding must be one such as windows-1252, got 'excel'" in capsys.readouterr().err
