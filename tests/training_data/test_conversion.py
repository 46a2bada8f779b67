"""The three shapes that people have become records; what cannot be one is named by file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from training_data.conversion import Converted, Target, convert_file
from training_data.source_files import ConversionError


def write(folder: Path, content: str | bytes, name: str = "support.jsonl") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def convert(file: Path, record_format: str = "converse", **options: Any) -> list[Converted | ConversionError]:
    return list(convert_file(file, Target(record_format, **options)))


def records(file: Path, record_format: str = "converse", **options: Any) -> list[dict[str, Any]]:
    converted = convert(file, record_format, **options)
    assert all(isinstance(item, Converted) for item in converted), converted
    return [record for item in converted if isinstance(item, Converted) for record in item.records]


def changes(file: Path, record_format: str = "converse") -> list[str]:
    return [change for item in convert(file, record_format) if isinstance(item, Converted) for change in item.changes]


def errors(file: Path, **options: Any) -> list[str]:
    return [str(item) for item in convert(file, **options) if isinstance(item, ConversionError)]


BROKEN = [
    ("7", "must be a JSON object, got int"),
    ('{"query": "a"}', "has none of the known shapes, got keys ['query']"),
    ('{"question": "a"}', "completion must be text that is not empty, got no such key"),
    ('{"prompt": "a"}', "completion must be text that is not empty, got no such key"),
    ('{"response": "a"}', "prompt must be text that is not empty, got no such key"),
    ('{"prompt": " ", "response": "a"}', "prompt must be text that is not empty, got ' '"),
    ('{"prompt": "a", "response": 4}', "response must be text that is not empty, got 4"),
    ('{"prompt": "a\\ud83d", "response": "b"}', "prompt has half a character (\\ud83d)"),
    ('{"prompt": "a", "prompt": "b", "response": "c"}', "key 'prompt' stands twice"),
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
    with pytest.raises(ValueError, match="unlabelled must be one of refuse, continuation, got 'guess'"):
        convert(write(tmp_path, "{}"), unlabelled="guess")


def test_an_unknown_record_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must be one of converse, prompt-completion, .*, got 'csv'"):
        convert(write(tmp_path, '{"prompt": "a", "response": "b"}'), "csv")


@pytest.mark.parametrize("answer", ["response", "completion", "answer", "output"])
@pytest.mark.parametrize("prompt", ["prompt", "question", "input"])
def test_a_labelled_pair_becomes_a_user_and_an_assistant_turn(tmp_path: Path, prompt: str, answer: str) -> None:
    file = write(tmp_path, json.dumps({prompt: " How?", answer: "So."}))

    assert records(file) == [
        {
            "schemaVersion": "bedrock-conversation-2024",
            "messages": [
                {"role": "user", "content": [{"text": " How?"}]},
                {"role": "assistant", "content": [{"text": "So."}]},
            ],
        }
    ]
    assert records(file, "prompt-completion") == [{"prompt": " How?", "completion": "So."}]


def test_an_unlabelled_text_becomes_its_first_sentence_and_the_rest_where_asked(tmp_path: Path) -> None:
    file = write(tmp_path, '{"input": "Lime is hard. It clogs. Remove it!"}')

    assert records(file, "prompt-completion", unlabelled="continuation") == [
        {"prompt": "Continue this text: Lime is hard.", "completion": "It clogs. Remove it!"}
    ]


def test_a_single_unlabelled_sentence_has_no_continuation(tmp_path: Path) -> None:
    (found,) = errors(write(tmp_path, '{"input": "Lime is hard."}'), unlabelled="continuation")

    assert "nothing is left to continue" in found


CHATS: list[dict[str, Any]] = [
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

    assert records(file, "prompt-completion") == [
        {"prompt": "s\n\na", "completion": "b"},
        {"prompt": "s\n\na\n\nb\n\nc", "completion": "d"},
    ]
    assert [item.line for item in convert(file, "prompt-completion")] == [2]


def test_a_system_prompt_is_added_only_where_there_is_none(tmp_path: Path) -> None:
    file = write(tmp_path, '{"prompt": "a", "response": "b"}\n{"system": "own", "prompt": "a", "response": "b"}')

    assert [item["system"][0]["text"] for item in records(file, system="given")] == ["given", "own"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_byte_order_mark_and_either_line_ending_are_taken(tmp_path: Path, ending: str) -> None:
    text = ending.join(['{"prompt": "a", "response": "b"}'] * 2) + ending

    assert len(records(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))) == 2


def chat(*turns: tuple[str, str], **more: Any) -> str:
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns], **more})


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ('{"prompt": "a", "response": "b", "context": "c"}', "left out 'context', which training would not see"),
        (chat(("user", "a"), ("assistant", "b"), id=7), "left out 'id', which training would not see"),
        (chat(("user", "a"), ("assistant", "b"), ("user", "c")), "left out what follows the last assistant's turn"),
        (chat(("user", "a"), ("user", "b"), ("assistant", "c")), "joined two turns of the user that follow each other"),
        (
            chat(("assistant", "Hello!"), ("user", "a"), ("assistant", "b")),
            "left out the assistant's turn before the user's first",
        ),
        (
            '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}]}',
            "left out 'messages[1].weight', which training would not see",
        ),
    ],
)
def test_what_a_record_cannot_hold_is_named_as_a_change(tmp_path: Path, line: str, change: str) -> None:
    assert changes(write(tmp_path, line)) == [change]


def test_keys_that_hold_nothing_are_no_change(tmp_path: Path) -> None:
    line = '{"prompt": "a", "response": "b", "system": "", "id": null}'
    message = (
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "tool_calls": []}]}'
    )

    assert changes(write(tmp_path, f"{line}\n{message}")) == []


def test_alpaca_puts_the_input_after_its_instruction(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '{"instruction": "Translate.", "input": "Haus", "output": "house"}\n'
        '{"instruction": "Name a colour.", "input": "", "output": "Red"}\n'
        '{"instruction": "Sum up.", "context": "Long.", "response": "Short."}',
    )

    assert records(file, "prompt-completion") == [
        {"prompt": "Translate.\n\nHaus", "completion": "house"},
        {"prompt": "Name a colour.", "completion": "Red"},
        {"prompt": "Sum up.\n\nLong.", "completion": "Short."},
    ]
    assert changes(file) == []


def test_sharegpt_becomes_the_same_turns(tmp_path: Path) -> None:
    spoken = [("system", "Be brief."), ("human", "a"), ("gpt", "b")]
    file = write(tmp_path, json.dumps({"conversations": [{"from": who, "value": text} for who, text in spoken]}))

    assert records(file) == [CHATS[2]]


def test_bedrocks_own_records_with_images_are_passed_on_as_they_are(tmp_path: Path) -> None:
    image = {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/a.png"}}}}
    record = {
        **CHATS[2],
        "messages": [{"role": "user", "content": [image, {"text": "What?"}]}, CHATS[2]["messages"][1]],
    }

    assert records(write(tmp_path, json.dumps(record))) == [record]


def test_a_named_shape_wins_over_what_the_keys_say(tmp_path: Path) -> None:
    file = write(tmp_path, '{"text": "ignored", "input": "a", "output": "b"}')

    assert records(file, "unlabelled-text", shape="unlabelled") == [{"input": "a"}]


def test_columns_are_renamed_before_the_shape_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, "Frage;x,Antwort\na,b\n", "support.csv")

    assert records(file, "prompt-completion", columns={"prompt": "frage;x", "response": "antwort"}) == [
        {"prompt": "a", "completion": "b"}
    ]


def test_distillation_prompts_may_lack_an_answer(tmp_path: Path) -> None:
    file = write(tmp_path, chat(("system", "s"), ("user", "a")))

    assert records(file, "distillation-prompts") == [
        {
            "schemaVersion": "bedrock-conversation-2024",
            "system": [{"text": "s"}],
            "messages": [{"role": "user", "content": [{"text": "a"}]}],
        }
    ]


def test_reinforcement_prompts_carry_the_reference_answer_and_what_a_grader_needs(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        chat(("system", "s"), ("user", "2+2?"), ("assistant", "4"))
        + '\n{"prompt": "3+3?", "reference_answer": {"value": 6}, "difficulty": "low"}',
    )

    assert records(file, "reinforcement-prompts") == [
        {
            "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "2+2?"}],
            "reference_answer": "4",
        },
        {
            "messages": [{"role": "user", "content": "3+3?"}],
            "reference_answer": {"value": 6},
            "difficulty": "low",
        },
    ]
    assert changes(file, "reinforcement-prompts") == []


def test_a_prompt_without_reference_answer_is_refused_for_reinforcement(tmp_path: Path) -> None:
    (found,) = convert(write(tmp_path, chat(("user", "2+2?"))), "reinforcement-prompts")

    assert "has no reference answer" in str(found)


def test_unlabelled_text_is_the_record_for_continued_pre_training(tmp_path: Path) -> None:
    file = write(tmp_path, '{"input": "One sentence."}\n{"text": "Another."}\n{"prompt": "a", "response": "b"}')

    assert records(file, "unlabelled-text") == [{"input": "One sentence."}, {"input": "Another."}, {"input": "a\n\nb"}]
