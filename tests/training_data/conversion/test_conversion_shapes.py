"""The shapes that people have become records."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training_data.conversion.converted_files import CHATS, changes, chat, convert, errors, records, write


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


def test_conversations_may_hold_role_and_content(tmp_path: Path) -> None:
    record = {"conversations": CHATS[1]["messages"]}

    assert records(write(tmp_path, json.dumps(record))) == [CHATS[2]]
    assert (
        "conversations[0] calls a tool"
        in errors(write(tmp_path, '{"conversations": [{"role": "assistant", "tool_calls": [{"id": "x"}]}]}'))[0]
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_byte_order_mark_and_either_line_ending_are_taken(tmp_path: Path, ending: str) -> None:
    text = ending.join(['{"prompt": "a", "response": "b"}'] * 2) + ending

    assert len(records(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))) == 2


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
            '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0.5}]}',
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


def test_bedrocks_own_records_with_reasoning_are_passed_on_as_they_are(tmp_path: Path) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm."}}}
    answer = {"role": "assistant", "content": [thought, {"text": "b"}]}
    record = {**CHATS[2], "messages": [CHATS[2]["messages"][0], answer]}

    assert records(write(tmp_path, json.dumps(record))) == [record]


def test_a_named_shape_wins_over_what_the_keys_say(tmp_path: Path) -> None:
    file = write(tmp_path, '{"text": "ignored", "input": "a", "output": "b"}')

    assert records(file, "unlabelled-text", shape="unlabelled") == [{"input": "a"}]


def test_columns_are_renamed_before_the_shape_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, "Frage;x,Antwort\na,b\n", "support.csv")

    assert records(file, "prompt-completion", columns={"prompt": "frage;x", "response": "antwort"}) == [
        {"prompt": "a", "completion": "b"}
    ]
