"""What cannot become a record is named by file and line."""

import json
from pathlib import Path

import pytest

from kit_contract.errors import InputError
from tests.training_data.conversion.converted_files import convert, errors, write

BROKEN = [
    ("7", "must be a JSON object, got int"),
    ('{"query": "a"}', "has none of the known shapes, got keys ['query']"),
    ('{"question": "a"}', "completion must be text that is not empty, got no such key"),
    ('{"prompt": "a"}', "completion must be text that is not empty, got no such key"),
    ('{"response": "a"}', "prompt must be text that is not empty, got no such key"),
    ('{"prompt": " ", "response": "a"}', "prompt must be text that is not empty, got ' '"),
    ('{"prompt": "a", "response": 4}', "response must be text that is not empty, got 4"),
    ('{"prompt": "a\\ud83d", "response": "b"}', "prompt has half a character (\\ud83d)"),
    ('{"prompt": "a", "prompt": "b", "response": "c"}', "key 'prompt' appears twice"),
    ('{"prompt": NaN, "response": "c"}', "NaN is not JSON"),
    ('{"messages": "hello"}', "messages must be a list of turns, got str"),
    ('{"messages": ["hello"]}', "messages[0] must be an object with role and content, got str"),
    ('{"messages": [{"role": "user"}]}', "messages[0].content must be text or a list of text blocks, got NoneType"),
    ('{"messages": [{"role": "user", "content": [{"image": {}}]}]}', "messages[0].content may hold text only"),
    ('{"messages": [{"role": "user", "content": "a"}]}', "has no turn of the assistant, got roles ['user']; add one"),
    ('{"messages": [{"role": "assistant", "tool_calls": [{"id": "x"}]}]}', "messages[0] calls a tool (tool_calls)"),
    ('{"messages": [{"role": "assistant", "function_call": {"name": "x"}}]}', "messages[0] calls a tool"),
    ('{"messages": [{"role": "tool", "content": "21"}]}', "messages[0] is a tool's result (role 'tool')"),
    ('{"messages": [{"role": "critic", "content": "a"}]}', "has a turn of the role 'critic'"),
    (
        '{"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}]}',
        "has a system prompt between its turns",
    ),
    ('{"conversations": "hello"}', "conversations must be a list of turns, got str"),
    ('{"conversations": ["hello"]}', "conversations[0] must be an object with from and value, got str"),
    ('{"conversations": [{"from": "function_call", "value": "x"}]}', "conversations[0].from must be one of human"),
    ('{"instruction": "a", "input": "b"}', "output must be text that is not empty, got no such key"),
    ('{"instruction": "a", "input": 3, "output": "b"}', "input must be text that is not empty, got 3"),
    ('{"system": 5, "messages": []}', "system must be text or a list of text blocks, got int"),
    ('{"input": "One sentence."}', 'is unlabelled ({"input"}): fine-tuning needs answers'),
    ('{"prompt": "a", "response": "b"', "is not one JSON object"),
]


@pytest.mark.parametrize(("line", "message"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_record_on_line_57_is_named_by_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    good = '{"prompt": "a", "response": "b"}\n'
    file = write(tmp_path, good * 56 + line + "\n" + good)

    found = errors(file)

    assert len(found) == 1
    assert found[0].startswith("support.jsonl:57: ")
    assert message in found[0]
    assert len(convert(file)) == 58


def test_a_broken_record_in_an_array_is_named_by_the_line_it_begins_on(tmp_path: Path) -> None:
    pretty = json.dumps([{"prompt": "a", "response": "b"}] * 14 + [{"prompt": "a", "response": ""}], indent=1)
    line = pretty[: pretty.rindex("{")].count("\n") + 1
    assert line == 58

    assert errors(write(tmp_path, pretty, "support.json")) == [
        "support.json:58: response must be text that is not empty, got ''; write it or drop the record"
    ]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ('[\n{"prompt": "a", "response": "b"},\n{"prompt": oops}\n]', 3, "Expecting value"),
        ('[\n{"prompt": "a", "response": "b"}\n{"prompt": "a", "response": "b"}]', 3, "needs ',' or ']'"),
        ('[\n{"prompt": "a", "response": "b"}\n', 3, "got the end of the file"),
        ('[\n{"prompt": "a", "response": "b"},\n]', 3, "Expecting value"),
        ('[{"prompt": "a", "response": "b"}]\n{}', 2, "has text after the array, got '{}'"),
    ],
)
def test_a_broken_array_is_named_by_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    (found,) = errors(write(tmp_path, content, "support.json"))

    assert found.startswith(f"support.json:{line}: ")
    assert message in found


def test_a_missing_file_is_named_with_its_path(tmp_path: Path) -> None:
    (found,) = errors(tmp_path / "gone.json")

    assert found.startswith("gone.json: cannot be read (No such file or directory); name")


def test_a_file_that_is_not_utf_8_is_named_with_the_line(tmp_path: Path) -> None:
    file = write(tmp_path, b'{"prompt": "a", "response": "b"}\n{"prompt": "caf\xe9", "response": "b"}\n')

    assert errors(file) == ["support.jsonl:2: is not UTF-8 at byte 15; save the file as UTF-8"]
    assert len(convert(file)) == 2


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    assert errors(write(tmp_path, content)) == [
        "support.jsonl: is empty; put records into it, or take it out of dataset"
    ]


def test_an_empty_array_is_an_error_too(tmp_path: Path) -> None:
    assert "is empty" in errors(write(tmp_path, "[ ]"))[0]


def test_an_unknown_way_with_unlabelled_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unlabelled must be one of refuse, continuation, got 'guess'"):
        convert(write(tmp_path, "{}"), unlabelled="guess")


def test_an_unknown_record_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must be one of converse, prompt-completion, .*, got 'csv'"):
        convert(write(tmp_path, '{"prompt": "a", "response": "b"}'), "csv")
