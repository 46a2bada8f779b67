"""The records of an evaluation at synth: held out, answerable, in a file of their own that changes no run."""

import json
from pathlib import Path

import pytest

from deployment import prepared_sets
from deployment.config import ConfigError, load_deployment_config
from deployment.datasets import CustomizationDataset, prepare_datasets
from training_data.held_out import question_of

HEAD = """[deployment]
name = "sup"
region = "us-east-1"
[training.customizations.support]
alias = "bot"
base_model = "amazon.nova-micro-v1:0:128k"
dataset = ["train.jsonl"]
"""
EVALUATION = """[training.customizations.support.evaluation]
dataset = ["held-out.jsonl"]
metrics = { exact_match = { at_least = 0.5 } }
"""


def pairs(count: int, prompt: str = "E") -> str:
    return "".join(json.dumps({"prompt": f"{prompt}{n}?", "response": f"Empty {n}."}) + "\n" for n in range(count))


@pytest.fixture(autouse=True)
def _prepared_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path / "prepared")


def prepared(folder: Path, held_out: str | None) -> CustomizationDataset:
    (folder / "train.jsonl").write_text(pairs(12), encoding="utf-8")
    (folder / "held-out.jsonl").write_text(held_out or "", encoding="utf-8")
    (folder / "deployment.toml").write_text(HEAD + (EVALUATION if held_out else ""), encoding="utf-8")
    return prepare_datasets(load_deployment_config(folder / "deployment.toml"))["support"]


def test_the_records_lie_in_a_folder_of_their_own_and_change_no_run(tmp_path: Path) -> None:
    alone, evaluated = prepared(tmp_path, None), prepared(tmp_path, pairs(10, "F"))

    assert evaluated.specification_hash == alone.specification_hash
    assert evaluated.evaluation_records == 10
    assert evaluated.evaluation_file.startswith("evaluation/")
    assert (evaluated.folder / evaluated.evaluation_file).read_bytes().count(b"\n") == 10
    assert alone.folder != evaluated.folder


@pytest.mark.parametrize(
    ("held_out", "fault"),
    [
        (pairs(9, "F"), "held-out.jsonl: an evaluation takes 10 to 20000 records, got 9; add records"),
        (
            pairs(10, "F") + pairs(1),
            "held-out.jsonl:11: is also in dataset (train.jsonl:1); the model knows the answer",
        ),
    ],
)
def test_what_would_say_nothing_stops_the_synth(tmp_path: Path, held_out: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        prepared(tmp_path, held_out)

    assert raised.value.faults[0].startswith(f"training.customizations.support.evaluation.dataset: {fault}")


def test_a_conversation_is_asked_up_to_its_last_answer() -> None:
    turns = [("user", "Hi"), ("assistant", "Hello"), ("user", "E2?"), ("assistant", "Unplug it.")]
    question = question_of(
        3, {"system": "Be brief.", "messages": [{"role": role, "content": text} for role, text in turns]}
    )

    assert (question.number, question.system, question.reference) == (3, [{"text": "Be brief."}], "Unplug it.")
    assert [message["role"] for message in question.messages] == ["user", "assistant", "user"]
    assert question.text == "user: Hi\n\nassistant: Hello\n\nuser: E2?"


@pytest.mark.parametrize(("answer", "expected"), [("28", "28"), ({"grams": 28}, '{"grams": 28}')])
def test_a_record_for_reinforcement_is_asked_for_its_reference_answer(answer: object, expected: str) -> None:
    question = question_of(1, {"messages": [{"role": "user", "content": "How much?"}], "reference_answer": answer})

    assert (question.text, question.reference) == ("user: How much?", expected)


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "Only a question"},
        {"messages": [], "reference_answer": "28"},
        {"messages": [{"role": "user", "content": "Only a question"}]},
        {"image-ref": "s3://bucket/a.png", "caption": "A cat"},
        [1],
    ],
)
def test_what_has_no_question_and_answer_cannot_be_asked(record: object) -> None:
    with pytest.raises(ValueError, match=r"must|has none"):
        question_of(1, record)
