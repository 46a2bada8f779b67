"""JSON as people save it: objects over several lines, a list in an object, and what is wrong with those."""

import json
from pathlib import Path

import pytest

from tests.training_data.conversion.converted_files import errors, records, write

PAIRS = [{"prompt": f"q{n}\n{{", "response": "a"} for n in range(3)]
WANTED = [{"prompt": f"q{n}\n{{", "completion": "a"} for n in range(3)]
PRETTY = json.dumps({"version": "1.1", "licence": None, "data": PAIRS, "size": 3}, indent=1)


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps(pair, indent=2) for pair in PAIRS),
        "\n\n".join(json.dumps(pair, indent="\t") for pair in PAIRS) + "\n",
        "\r\n".join(json.dumps(pair, indent=0).replace("\n", "\r\n") for pair in PAIRS),
        json.dumps({"data": PAIRS}),
        json.dumps({"train": PAIRS}, indent=2),
        json.dumps({"version": "1.1", "licence": None, "records": PAIRS}),
        PRETTY,
        json.dumps({"data": PAIRS}).encode("utf-16"),
    ],
    ids=range(8),
)
def test_records_over_several_lines_or_in_an_object_are_read(tmp_path: Path, content: str | bytes) -> None:
    assert records(write(tmp_path, content, "mine.json"), "prompt-completion") == WANTED


def test_a_broken_record_is_named_by_the_line_it_begins_on(tmp_path: Path) -> None:
    content = PRETTY.replace('"response": "a"', '"response": ""', 1)

    assert errors(write(tmp_path, content, "mine.json")) == [
        "mine.json:5: response must be text that is not empty, got ''; write it or drop the record"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"data": [{"a": 1}], "test": [{"a": 2}]}', "1: holds two lists, 'data' and 'test'; keep one in a file"),
        ('{"data": [{"prompt": "a"}', "1: needs ',' or ']' between records, got the end of the file; add it"),
        (
            '{"data": [{"prompt": "a", "response": "b"}]',
            "1: needs '}' at the end of the object, got the end of the file",
        ),
        ('{"data": [{"prompt": "a", "response": "b"}]} x', "1: has text after the object, got 'x'; remove it"),
        ('{\n "prompt": "a",\n "response": "b",\n}\n', "4: is not valid JSON (the record begins on line 1)"),
    ],
)
def test_an_object_that_is_broken_is_named(tmp_path: Path, content: str, message: str) -> None:
    assert any(found.startswith(f"mine.json:{message}") for found in errors(write(tmp_path, content, "mine.json")))


@pytest.mark.parametrize(
    "first", ['{"prompt": "a", "response": "b"', '{"prompt": "a", "resp', "{broken", '{"prompt": "a"} x']
)
def test_a_line_that_is_cut_among_lines_is_one_record(tmp_path: Path, first: str) -> None:
    file = write(tmp_path, first + "\n" + json.dumps(PAIRS[0]) + "\n" + json.dumps(PAIRS[1]) + "\n")

    (found,) = errors(file)
    assert found.startswith("support.jsonl:1: is not one JSON object")


@pytest.mark.parametrize("key", ["data", "items"])
def test_a_pair_beside_a_list_stays_a_record(tmp_path: Path, key: str) -> None:
    line = json.dumps({"prompt": "a", "response": "b", key: [{"x": 1}]})

    assert (
        records(write(tmp_path, f"{line}\n{line}\n"), "prompt-completion") == [{"prompt": "a", "completion": "b"}] * 2
    )
