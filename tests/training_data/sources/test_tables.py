"""Tables as Excel writes them: separators, encodings, headers and empty columns; what is wrong is named, once."""

from pathlib import Path
from typing import Any

import pytest

from tests.training_data.conversion.converted_files import errors, records, write

WANTED = [{"prompt": "Wie heiß, genau?", "completion": "90 °C; nie mehr"}, {"prompt": "a", "completion": "b"}]
EUROPEAN = 'prompt;response\r\n"Wie heiß, genau?";"90 °C; nie mehr"\r\na;b\r\n'


def read(folder: Path, content: str | bytes, name: str = "faq.csv", **options: Any) -> list[dict[str, Any]]:
    return records(write(folder, content, name), "prompt-completion", **options)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (EUROPEAN, "faq.csv"),
        (EUROPEAN.replace("\r\n", "\n"), "faq.csv"),
        ("sep=;\r\n" + EUROPEAN, "faq.csv"),
        ("\ufeff" + EUROPEAN, "faq.csv"),
        ("\ufeffsep=;\r\n" + EUROPEAN, "faq.csv"),
        ("sep=;\r\n" + EUROPEAN, "faq.txt"),
        (EUROPEAN, "faq.txt"),
        (EUROPEAN, "faq"),
        (EUROPEAN.encode("utf-16"), "faq.csv"),
        ("\ufeff".encode("utf-16-be") + EUROPEAN.encode("utf-16-be"), "faq.csv"),
        (EUROPEAN.encode("utf-32"), "faq.csv"),
        (EUROPEAN.replace("t;r", "t\tr").replace('";"', '"\t"').replace("a;b", "a\tb").encode("utf-16"), "faq.txt"),
        (EUROPEAN.replace("t;r", "t|r").replace('";"', '"|"').replace("a;b", "a|b"), "faq.csv"),
        (EUROPEAN.replace("response", "response;;").replace('mehr"', 'mehr";;').replace("a;b", "a;b;;;"), "faq.csv"),
    ],
    ids=range(14),
)
def test_a_table_of_excel_is_read(tmp_path: Path, content: str | bytes, name: str) -> None:
    assert read(tmp_path, content, name) == WANTED


def test_a_table_in_windows_1252_is_read_if_that_is_said(tmp_path: Path) -> None:
    content = EUROPEAN.encode("cp1252")

    assert read(tmp_path, content, encoding="windows-1252") == WANTED
    assert errors(write(tmp_path, content, "faq.csv")) == [
        'faq.csv:2: is not UTF-8; as windows-1252 it reads \'"Wie heiß, genau?";"\': if that is right, --encoding '
        "windows-1252 (deployment.toml: encoding), else save the file as UTF-8"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_encoding_that_is_said_does_not_spoil_files_that_tell_their_own(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, EUROPEAN.encode(encoding), encoding="windows-1252") == WANTED


def test_utf_16_without_a_mark_is_read_if_that_is_said(tmp_path: Path) -> None:
    content = "prompt;response\na;b\n".encode("utf-16-le")

    assert read(tmp_path, content, encoding="utf-16-le") == [{"prompt": "a", "completion": "b"}]


def test_text_that_is_not_in_the_encoding_that_is_said_is_named(tmp_path: Path) -> None:
    (found,) = errors(write(tmp_path, EUROPEAN.encode("cp1252"), "faq.csv"), encoding="ascii")

    assert "faq.csv: is not ascii (" in found


@pytest.mark.parametrize("answers", ["90 °C, or more", "90 °C"])
def test_the_separator_of_a_table_without_header_gives_every_row_as_many_fields(tmp_path: Path, answers: str) -> None:
    content = f"Wie heiß, genau?;{answers}\nWie kalt?;5 °C\nWie laut, ungefähr, nachts?;40 dB\n"

    assert read(tmp_path, content, header=False) == [
        {"prompt": "Wie heiß, genau?", "completion": answers},
        {"prompt": "Wie kalt?", "completion": "5 °C"},
        {"prompt": "Wie laut, ungefähr, nachts?", "completion": "40 dB"},
    ]


def test_columns_without_header_have_numbers(tmp_path: Path) -> None:
    columns = {"prompt": "3", "response": "1"}

    assert read(tmp_path, "90;;How hot?\n5;x;How cold?\n", "faq.csv", header=False, columns=columns) == [
        {"prompt": "How hot?", "completion": "90"},
        {"prompt": "How cold?", "completion": "5"},
    ]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (
            "Frage;Antwort\n" + "a;b\n" * 300,
            {},
            "1: must name its columns (prompt, response, instruction, messages and others) in its first row, got "
            "'frage', 'antwort' (separated by ';'); --columns prompt=NAME,response=NAME names yours "
            "(deployment.toml: columns), --no-header (header = false) says that the first row is a record",
        ),
        (
            "a;b;c\n" * 300,
            {"header": False},
            "1: has 3 columns (separated by ';') and no header; --columns prompt=1,response=2 numbers them",
        ),
        (
            "Frage;Antwort\n" + "a;b\n" * 300,
            {"columns": {"prompt": "Frage", "response": "Antwrt"}},
            "1: has no column 'Antwrt' among 'frage', 'antwort' (separated by ';'); correct columns",
        ),
        (
            "prompt;response\na;b\nc;d;e\nf;g\n",
            {},
            "3: has 3 fields, the header 2 (separated by ';'); quote fields that hold separators or quotes",
        ),
    ],
)
def test_what_is_wrong_with_a_table_names_separator_and_header_once(
    tmp_path: Path, content: str, options: dict[str, Any], message: str
) -> None:
    assert errors(write(tmp_path, content, "faq.csv"), **options) == [f"faq.csv:{message}"]


def test_text_that_is_neither_json_nor_a_table_is_one_error(tmp_path: Path) -> None:
    (found,) = errors(write(tmp_path, "Frage;Antwort\n" + "a;b\n" * 300, "faq.txt"))

    assert "begins with 'Frage;Antwort', which is neither JSON nor a header with known names; name a table" in found
