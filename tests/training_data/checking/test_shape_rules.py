"""A file of another shape is one finding that names kit data convert, however many records it has."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training_data.checking.one_record import LLAMA_31, NOVA_2, NOVA_MICRO, conversation, rules_of
from training_data.checking.files import check_dataset

TURNS = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]
FOREIGN: list[tuple[str, Any]] = [
    (NOVA_MICRO, {"prompt": "q", "completion": "a"}),
    (NOVA_MICRO, {"instruction": "q", "output": "a"}),
    (NOVA_MICRO, {"messages": TURNS}),
    (NOVA_MICRO, {"conversations": [{"from": "human", "value": "q"}]}),
    (NOVA_MICRO, {"prompt": "q", "chosen": "a", "rejected": "x"}),
    (LLAMA_31, {"prompt": "q", "response": "a"}),
    (LLAMA_31, conversation("q", "a")),
    (LLAMA_31, {"text": "q"}),
]


@pytest.mark.parametrize(("model", "record"), FOREIGN, ids=range(len(FOREIGN)))
def test_a_file_of_another_shape_is_one_finding(tmp_path: Path, model: str, record: Any) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text((json.dumps(record) + "\n") * 300, encoding="utf-8")

    report = check_dataset(file, rules_of(model)).training

    assert report.by_rule == {"other-shape": 1}
    assert f"; run kit data convert FILE --model {model} --output" in report.findings[0].message


def test_reinforcement_prompts_name_the_method(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(json.dumps(conversation("q", "a")) + "\n", encoding="utf-8")

    report = check_dataset(file, rules_of(NOVA_2, "REINFORCEMENT_FINE_TUNING")).training

    assert "--method reinforcement-fine-tuning" in report.findings[0].message


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("prompt;response\n" + "a;b\n" * 300, "is a table (CSV); make JSON lines of it with kit data convert"),
        (json.dumps({"prompt": "a", "response": "b"}, indent=1) * 300, "is JSON with records over several lines; make"),
        (json.dumps({"data": [{"prompt": "a"}] * 300}), "is a list in a JSON object; make"),
        ("Frage;Antwort\n" + "a;b\n" * 300, "begins with 'Frage;Antwort', which is neither JSON nor"),
    ],
)
def test_a_file_that_is_not_json_lines_is_one_finding(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(content, encoding="utf-8")

    report = check_dataset(file, rules_of(NOVA_MICRO)).training

    assert report.by_rule == {"not-json-lines": 1}
    assert report.findings[0].message.startswith(fault)
