"""The three shapes that people have become records; what cannot be one is named by file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from training_data.conversion import ConvertedRecord, convert_file
from training_data.source_files import ConversionError


def write(folder: Path, content: str | bytes, name: str = "support.jsonl") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def convert(file: Path, record_format: str = "converse", **options: Any) -> list[ConvertedRecord | ConversionError]:
    return list(convert_file(file, record_format=record_format, **options))


def records(file: Path, record_format: str = "converse", **options: Any) -> list[dict[str, Any]]:
    converted = convert(file, record_format, **options)
    assert all(isinstance(item, ConvertedRecord) for item in converted), converted
    return [item.record for item in converted if isinstance(item, ConvertedRecord)]


def errors(file: Path, **options: Any) -> list[str]:
    return [str(item) for item in convert(file, **options) if isinstance(item, ConversionError)]


BROKEN = [
    ("7", "must be a JSON object, got int"),
    ('{"question": "a"}', "has none of the known shapes, got keys ['question']"),
    ('{"prompt": "a"}', "completion must be text that is not empty, got no such key"),
    ('{"response": "a"}', "prompt must be text that is not empty, got no such key"),
    ('{"prompt": " ", "response": "a"}', "prompt must be text that is not empty, got ' '"),
    ('{"prompt": "a", "response": 4}', "response must be text that is not empty, got 4"),
    ('{"prompt": "a", "response": "b", "context": "c"}', "has keys ['context'] that training would not see"),
    ('{"prompt": "a\\ud83d", "response": "b"}', "prompt has half a character (\\ud83d)"),
    ('{"prompt": "a", "prompt": "b", "response": "c"}', "key 'prompt' stands twice"),
    ('{"prompt": NaN, "response": "c"}', "NaN is not JSON"),
    ('{"messages": "hello"}', "messages must be a list of turns, got str"),
    ('{"messages": ["hello"]}', "messages[0] must be an object with role and content, got str"),
    ('{"messages": [{"role": "user"}]}', "messages[0].content must be text or a list of text blocks, got NoneType"),
    ('{"messages": [{"role": "user", "content": [{"image": {}}]}]}', "messages[0].content may hold text only"),
    ('{"messages": [{"role": "user", "content": "a", "tool_calls": []}]}', "has keys ['tool_calls']"),
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

    assert found.startswith(f"gone.json: {tmp_path / 'gone.json'} is not a file; name an existing one")


def test_a_file_that_is_not_utf_8_is_named_with_the_line(tmp_path: Path) -> None:
    file = write(tmp_path, b'{"prompt": "a", "response": "b"}\n{"prompt": "caf\xe9", "response": "b"}\n')

    assert errors(file) == ["support.jsonl:2: is not UTF-8 at byte 48; save the file as UTF-8"]


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    assert errors(write(tmp_path, content)) == [
        "support.jsonl: is empty; put records into it, or take it out of dataset"
    ]


def test_an_empty_array_holds_no_records(tmp_path: Path) -> None:
    assert convert(write(tmp_path, "[ ]")) == []


def test_an_unknown_way_with_unlabelled_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unlabelled must be one of refuse, continuation, got 'guess'"):
        convert(write(tmp_path, "{}"), unlabelled="guess")


def test_an_unknown_record_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must be one of converse, prompt-completion, got 'csv'"):
        convert(write(tmp_path, '{"prompt": "a", "response": "b"}'), "csv")


@pytest.mark.parametrize("key", ["response", "completion"])
def test_a_labelled_pair_becomes_a_user_and_an_assistant_turn(tmp_path: Path, key: str) -> None:
    file = write(tmp_path, json.dumps({"prompt": " How? ", key: "So."}))

    assert records(file) == [
        {
            "schemaVersion": "bedrock-conversation-2024",
            "messages": [
                {"role": "user", "content": [{"text": "How?"}]},
                {"role": "assistant", "content": [{"text": "So."}]},
            ],
        }
    ]
    assert records(file, "prompt-completion") == [{"prompt": "How?", "completion": "So."}]


def test_an_unlabelled_text_becomes_its_first_sentence_and_the_rest_where_asked(tmp_path: Path) -> None:
    file = write(tmp_path, '{"input": "Lime is hard. It clogs. Remove it!"}')

    assert records(file, "prompt-completion", unlabelled="continuation") == [
        {"prompt": "Continue this text: Lime is hard.", "completion": "It clogs. Remove it!"}
    ]


def test_a_single_unlabelled_sentence_has_no_continuation(tmp_path: Path) -> None:
    (found,) = errors(write(tmp_path, '{"input": "Lime is hard."}'), unlabelled="continuation")

    assert "nothing is left to continue" in found


CHATS = [
    {"system": "Be brief.", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
    {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "a"}]},
            {"role": "assistant", "content": "b"},
        ]
    },
    {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": "a"}]}, {"role": "assistant", "content": [{"text": "b"}]}],
    },
]


@pytest.mark.parametrize("chat", CHATS, ids=["notes", "openai", "bedrock"])
def test_chats_of_each_style_become_the_same_record(tmp_path: Path, chat: dict[str, Any]) -> None:
    assert records(write(tmp_path, json.dumps(chat))) == [CHATS[2]]


def test_a_chat_becomes_one_prompt_per_answer_with_all_that_was_said_before(tmp_path: Path) -> None:
    texts = ["a", "b", "c", "d"]
    messages = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(texts)]
    file = write(tmp_path, "\n" + json.dumps({"system": "s", "messages": messages}))

    converted = convert(file, "prompt-completion")

    assert [item.record for item in converted if isinstance(item, ConvertedRecord)] == [
        {"prompt": "s\n\na", "completion": "b"},
        {"prompt": "s\n\na\n\nb\n\nc", "completion": "d"},
    ]
    assert [item.source_line for item in converted if isinstance(item, ConvertedRecord)] == [2, 2]


def test_a_system_prompt_is_added_only_where_there_is_none(tmp_path: Path) -> None:
    file = write(tmp_path, '{"prompt": "a", "response": "b"}\n{"system": "own", "prompt": "a", "response": "b"}')

    assert [item["system"][0]["text"] for item in records(file, system="given")] == ["given", "own"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_byte_order_mark_and_either_line_ending_are_taken(tmp_path: Path, ending: str) -> None:
    text = ending.join(['{"prompt": "a", "response": "b"}'] * 2) + ending

    assert len(records(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))) == 2
