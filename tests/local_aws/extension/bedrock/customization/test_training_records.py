"""Training files are read as Bedrock reads them."""

import json
from typing import Any

import pytest

from local_aws.extension.bedrock.customization import training_records

MICRO, LITE = "amazon.nova-micro-v1:0:128k", "amazon.nova-lite-v1:0:300k"
NOVA_2 = "amazon.nova-2-lite-v1:0:256k"
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"


def turn(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}


def record(*turns: dict[str, Any]) -> dict[str, Any]:
    return {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "Be kind."}], "messages": list(turns)}


def lines(*records: Any) -> bytes:
    return "\n".join(json.dumps(item) for item in records).encode()


GOOD = record(turn("user", "How?"), turn("assistant", "So."), turn("user", "And then?"), turn("assistant", "Done."))


def test_every_turn_becomes_a_question_and_its_answer() -> None:
    assert training_records.read_records(lines(GOOD), MICRO) == [[("How?", "So."), ("And then?", "Done.")]]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"messages": [turn("assistant", "So.")]}, "alternate"),
        (record(turn("user", "How?")), "alternate"),
        (record(turn("user", " "), turn("assistant", "So.")), "empty"),
        (record(turn("user", "User: how?"), turn("assistant", "So.")), "reserved word User:"),
        (record({"role": "user", "content": [{"image": {}}]}, turn("assistant", "So.")), "images"),
        (record(turn("user", "x" * 200_000), turn("assistant", "So.")), "Maximum input token count"),
        ({"prompt": "How?", "completion": "So."}, "messages"),
        ([1], "indices"),
    ],
)
def test_a_bad_record_is_refused_with_its_line(bad: Any, reason: str) -> None:
    with pytest.raises(training_records.TrainingDataError, match=rf"^line 3: .*{reason}"):
        training_records.read_records(lines(GOOD, GOOD, bad), MICRO)


def test_a_line_that_is_not_json_is_refused() -> None:
    with pytest.raises(training_records.TrainingDataError, match="line 2"):
        training_records.read_records(lines(GOOD) + b"\n{'messages'", MICRO)


def test_images_are_allowed_beside_text_for_a_multimodal_model() -> None:
    seen = {"role": "user", "content": [{"image": {"format": "png"}}, {"text": "What is it?"}]}

    assert training_records.read_records(lines(record(seen, turn("assistant", "A cat."))), LITE) == [
        [("What is it?", "A cat.")]
    ]


def test_reasoning_is_allowed_in_answers_of_nova_2_only() -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm."}}}
    content = lines(record(turn("user", "How?"), {"role": "assistant", "content": [thought, {"text": "So."}]}))

    assert training_records.read_records(content, NOVA_2) == [[("How?", "So.")]]
    with pytest.raises(training_records.TrainingDataError, match="line 1: 'text' is missing"):
        training_records.read_records(content, LITE)


def test_llama_3_1_takes_prompt_and_completion() -> None:
    assert training_records.read_records(lines({"prompt": "How?", "completion": "So."}), LLAMA) == [[("How?", "So.")]]


def test_only_nova_reserves_words() -> None:
    record_of_llama = {"prompt": "User: how?", "completion": "So."}

    assert training_records.read_records(lines(record_of_llama), LLAMA) == [[("User: how?", "So.")]]


@pytest.mark.parametrize(("train", "validation", "base"), [(7, 0, MICRO), (20_000, 1, MICRO), (99, 0, LLAMA)])
def test_too_few_and_too_many_records_are_refused(train: int, validation: int, base: str) -> None:
    with pytest.raises(training_records.TrainingDataError, match="The dataset must have"):
        training_records.check_count(train, validation, base)
