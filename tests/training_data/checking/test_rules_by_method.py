"""What distillation, reinforcement and captions ask for beyond the record format, broken one rule at a time."""

from typing import Any

import pytest

from tests.training_data.checking.one_record import LLAMA_31, NOVA_2, NOVA_MICRO, conversation, rules_broken, rules_of

TITAN = "amazon.titan-embed-image-v1:0"

QUESTION = {"role": "user", "content": "E1?"}

DISTILLATION_BROKEN: list[tuple[str, Any]] = [
    ("schema-version", conversation("E1?", version="mine")),
    ("turns", conversation()),
    ("turns", conversation("E1?", "Empty.", "And E2?")),
    ("content", conversation([{"text": "a"}, {"text": "b"}])),
    ("content", conversation("E1?", system=[{"text": "a"}, {"text": "b"}])),
    ("roles", {**conversation("E1?"), "messages": [{"role": "assistant", "content": [{"text": "a"}]}]}),
    ("unknown-key", {**conversation("E1?"), "id": 1}),
]


@pytest.mark.parametrize(("rule", "record"), DISTILLATION_BROKEN, ids=range(len(DISTILLATION_BROKEN)))
def test_a_distillation_prompt_that_is_broken_is_named_by_rule(rule: str, record: Any) -> None:
    assert rules_broken(record, rules_of(LLAMA_31, "DISTILLATION")) == {rule: 1}


@pytest.mark.parametrize("record", [conversation("E1?"), conversation("E1?", "Empty.", system=[{"text": "Be brief."}])])
def test_distillation_takes_prompts_with_and_without_an_answer(record: Any) -> None:
    assert rules_broken(record, rules_of(LLAMA_31, "DISTILLATION")) == {}


def test_more_turns_are_a_warning_for_a_student_that_the_guide_allows_them() -> None:
    record = conversation("E1?", "Empty.", "And E2?")

    assert rules_broken(record, rules_of(NOVA_MICRO, "DISTILLATION")) == {"turns-doubtful": 1}


REINFORCEMENT_BROKEN: list[tuple[str, Any]] = [
    ("record", [1]),
    ("turns", {"reference_answer": "4"}),
    ("turns", {"messages": [], "reference_answer": "4"}),
    ("turns", {"messages": [{"role": "assistant", "content": "a"}], "reference_answer": "4"}),
    ("turns", {"messages": [QUESTION, "a"], "reference_answer": "4"}),
    ("roles", {"messages": [QUESTION, {"role": "tool", "content": "a"}], "reference_answer": "4"}),
    ("roles", {"messages": [QUESTION, {"role": "system", "content": "a"}], "reference_answer": "4"}),
    (
        "empty-text",
        {"messages": [QUESTION, {"role": "assistant", "content": [{"type": "text"}]}], "reference_answer": "4"},
    ),
    ("unknown-key", {"messages": [{**QUESTION, "name": "a"}], "reference_answer": "4"}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": " "}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": 5}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": {}}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": "4", "id": ""}),
    ("reserved-word-doubtful", {"messages": [{"role": "user", "content": "User: a"}], "reference_answer": "4"}),
    ("reference-answer", {"messages": [QUESTION]}),
    ("reference-answer", {"messages": [QUESTION], "reference_answer": None}),
]


@pytest.mark.parametrize(("rule", "record"), REINFORCEMENT_BROKEN, ids=range(len(REINFORCEMENT_BROKEN)))
def test_a_reinforcement_prompt_that_is_broken_is_named_by_rule(rule: str, record: Any) -> None:
    assert rules_broken(record, rules_of(NOVA_2, "REINFORCEMENT_FINE_TUNING")) == {rule: 1}


def test_reinforcement_prompts_may_carry_what_the_grader_needs() -> None:
    record = {
        "messages": [{"role": "system", "content": "Be brief."}, QUESTION],
        "reference_answer": {"a": 1},
        "unit": "s",
    }

    assert rules_broken(record, rules_of(NOVA_2, "REINFORCEMENT_FINE_TUNING")) == {}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("media-uri", {"image-ref": "a.png"}),
        ("media-format", {"image-ref": "s3://the-bucket/a.gif"}),
        ("content", {"caption": None}),
        ("too-long", {"caption": "a" * 2_561}),
        ("empty-text", {"caption": " "}),
        ("unknown-key", {"id": 1}),
    ],
)
def test_an_image_and_its_caption_that_are_broken_are_named_by_rule(rule: str, changes: dict[str, Any]) -> None:
    record = {"image-ref": "s3://the-bucket/a.png", "caption": "A tank."} | changes

    assert rules_broken(record, rules_of(TITAN)) == {rule: 1}


@pytest.mark.parametrize("caption", ["", "a" * 2_560, "User: a"])
def test_captions_may_be_empty_and_long(caption: str) -> None:
    record = {"image-ref": "s3://the-bucket/a.JPG", "caption": caption}

    assert rules_broken(record, rules_of(TITAN)) == {}
