"""`kit data show`: records as the model sees them, of every shape, and what of them it does not see."""

import json
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from tests.training_data.checking.dataset_corpus import medium_of

IMAGE = medium_of("image", "png", uri="s3://bucket/1.png")
RECORDS: list[Any] = [
    {"prompt": "E1?", "response": "The tank\nis empty.", "system": "Be brief.", "id": 7},
    {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": "What is this?"}, IMAGE]},
            {"role": "assistant", "content": [{"text": "A tank."}]},
        ],
    },
    {"image-ref": "s3://bucket/1.png", "caption": "a tank"},
    {"messages": [{"role": "user", "content": "a\x1b[31m"}, {"role": "tool", "content": "b"}]},
    [1, 2],
    {"prompt": "last", "completion": "one"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "train.jsonl"
    written.write_text("\n".join([*map(json.dumps, RECORDS), "{broken", ""]))
    return written


def shown(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> list[str]:
    assert main(["data", "show", *map(str, arguments)]) == code
    return capsys.readouterr().out.splitlines()


def test_a_record_has_roles_tokens_texts_and_what_the_model_does_not_see(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(capsys, file, 1) == [
        "train.jsonl, record 1, line 1: labelled, 3 texts, about 9 tokens",
        "  system           3  Be brief.",
        "  user             1  E1?",
        "  assistant        5  The tank",
        "                      is empty.",
        "  note: the model does not see: id",
    ]


def test_media_stand_where_the_model_sees_them(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, file, "2-3")
    assert lines.count("") == 1

    assert lines[1:3] == ["  user            11  What is this?", " " * 22 + "[image png s3://bucket/1.png]"]
    assert "  user             7  [image s3://bucket/1.png]" in lines
    assert lines.count("  note: tokens of images and videos are not estimated") == 2
    assert "  caption          2  a tank" in lines
    assert not [line for line in lines if "cannot be trained on" in line]


def test_faults_and_control_characters_are_shown_and_do_no_harm(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, file, "4-7", code=1)

    assert "  user             2  a\\x1b[31m" in lines
    assert any("cannot be trained on as it is: messages[1] is a tool's result" in line for line in lines)
    assert any("must be a JSON object, got list" in line for line in lines)
    assert lines[-1].startswith("train.jsonl, record 7, line 7: is not one JSON object")


def test_numbers_may_be_lines_as_in_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "array.json"
    file.write_text('[\n{"prompt": "a",\n "response": "b"},\n{"prompt": "c", "response": "d"}\n]')

    assert shown(capsys, file, 4, "--lines")[0].startswith("array.json, record 2, line 4: labelled")
    assert shown(capsys, file, 2) == shown(capsys, file, 4, "--lines")


@pytest.mark.parametrize(
    ("numbers", "fault"),
    [("8", "8: it has 7 records; name others"), ("8-9", "8-9: it has 7"), ("0", "got '0'"), ("3-2", "got '3-2'")],
)
def test_numbers_that_name_no_record_are_an_error(
    file: Path, numbers: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["data", "show", str(file), numbers])
    except SystemExit as ended:
        code = int(str(ended.code))

    assert code == 2
    assert fault in capsys.readouterr().err


def test_a_table_is_shown_with_the_options_that_its_faults_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "faq.csv"
    file.write_bytes("Frage;Antwort\nWie?;Füllen.\n".encode("cp1252"))

    lines = shown(capsys, file, 1, "--encoding", "windows-1252", "--columns", "prompt=Frage,response=Antwort")

    assert lines[0].startswith("faq.csv, record 1, line 2: labelled, 2 texts")
    assert lines[2].endswith("  Füllen.")


def test_an_image_beside_the_dataset_is_shown_by_its_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = {"image": {"source": {"path": "images/1.png"}}}
    answer = {"role": "assistant", "content": [{"text": "A tank."}]}
    file = tmp_path / "train.jsonl"
    file.write_text(json.dumps({"messages": [{"role": "user", "content": [image, {"text": "What?"}]}, answer]}))

    assert "[image images/1.png]" in "\n".join(shown(capsys, file, 1))
