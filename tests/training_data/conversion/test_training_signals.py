"""What a record says of whether it is to be learned is heeded, refused by name, or set aside by an explicit choice."""

import json
from pathlib import Path
from typing import Any

import pytest

from kit_contract.errors import InputError
from tests.training_data.conversion.converted_files import changes, errors, records, write

USER, GOOD, BAD = (
    {"role": role, "content": text} for role, text in (("user", "q"), ("assistant", "a"), ("assistant", "x"))
)
PREFERENCES: list[dict[str, Any]] = [
    {"prompt": "q", "chosen": "a", "rejected": "x"},
    {"question": "q", "chosen": "a", "rejected": "x"},
    {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
    {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
    {"prompt": "q", "chosen": [USER, GOOD], "rejected": [USER, BAD]},
    {"messages": [USER], "chosen": GOOD, "rejected": BAD},
    {
        "conversations": [{"from": "human", "value": "q"}],
        "chosen": {"from": "gpt", "value": "a"},
        "rejected": {"from": "gpt", "value": "x"},
    },
    {"input": {"messages": [USER]}, "preferred_output": [GOOD], "non_preferred_output": [BAD]},
]


def one(folder: Path, record: Any) -> Path:
    return write(folder, json.dumps(record))


@pytest.mark.parametrize("record", PREFERENCES, ids=range(len(PREFERENCES)))
def test_a_preference_is_refused_unless_its_chosen_answer_is_asked_for(tmp_path: Path, record: dict[str, Any]) -> None:
    file = one(tmp_path, record)

    assert [found.partition(";")[0] for found in errors(file)] == [
        "support.jsonl:1: is a preference (chosen and rejected), which fine-tuning on Bedrock does not learn from"
    ]
    assert records(file, "prompt-completion", uses=("chosen",)) == [{"prompt": "q", "completion": "a"}]


def test_a_preference_without_prompt_is_named(tmp_path: Path) -> None:
    file = one(tmp_path, {"chosen": "Human: q Assistant: a", "rejected": "x"})

    assert "has no prompt beside chosen; add it as prompt" in errors(file, uses=("chosen",))[0]


@pytest.mark.parametrize(
    ("record", "key", "use"),
    [
        ({"messages": [USER, {**GOOD, "weight": 0}]}, "messages[1].weight is 0", "weight-0"),
        ({"messages": [USER, {**BAD, "weight": 0}, USER, GOOD]}, "messages[1].weight is 0", "weight-0"),
        ({"prompt": "q", "completion": "a", "weight": 0.0}, "weight is 0.0", "weight-0"),
        ({"prompt": "q", "completion": "a", "label": False}, "label is False", "label-false"),
        ({"prompt": "q", "completion": "a", "label": "False"}, "label is False", "label-false"),
        ({"messages": [USER, GOOD], "chosen": False}, "chosen is False", "label-false"),
        ({"messages": [USER, {**GOOD, "train": False}]}, "messages[1].train is False", "label-false"),
    ],
    ids=range(7),
)
def test_an_answer_that_is_not_to_be_learned_is_refused_by_name(
    tmp_path: Path, record: dict[str, Any], key: str, use: str
) -> None:
    file = one(tmp_path, record)

    (found,) = errors(file)
    assert found.startswith(f"support.jsonl:1: {key}, so it is not to be learned, but Bedrock trains on every answer")
    assert f"--use {use} (deployment.toml: use)" in found
    assert records(file, "prompt-completion", uses=(use,))
    assert errors(file, uses=("chosen",)) == [found]


@pytest.mark.parametrize(
    "record",
    [
        {"messages": [{**USER, "weight": 0}, {**GOOD, "weight": 1}]},
        {"prompt": "q", "completion": "a", "label": True, "weight": 1.0},
    ],
)
def test_what_says_that_a_record_is_to_be_learned_is_no_change(tmp_path: Path, record: dict[str, Any]) -> None:
    file = one(tmp_path, record)

    assert records(file, "prompt-completion") == [{"prompt": "q", "completion": "a"}]
    assert changes(file) == []


def test_other_labels_are_left_out_by_name_and_reach_a_grader(tmp_path: Path) -> None:
    file = one(tmp_path, {"prompt": "q", "response": "a", "label": "spam"})

    assert changes(file) == ["left out 'label', which training would not see"]
    graded = one(tmp_path, {"prompt": "q", "reference_answer": "a", "label": False})
    assert records(graded, "reinforcement-prompts")[0]["label"] is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"uses": ("rejected",)}, "use must be of chosen, weight-0, label-false, got 'rejected'"),
        ({"encoding": "utf-9"}, "encoding must be one such as windows-1252, got 'utf-9'"),
    ],
)
def test_an_unknown_choice_is_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        records(one(tmp_path, {}), **options)
