"""What a job does with its data: records are judged as Bedrock judges them, and the loss falls."""

import csv
import io
import json
from typing import Any

import pytest

from local_aws.extension import bedrock_training as training

MICRO, LITE = "amazon.nova-micro-v1:0:128k", "amazon.nova-lite-v1:0:300k"
LLAMA = "meta.llama3-1-8b-instruct-v1:0:128k"
S3 = "s3://bucket/data/train.jsonl"


def turn(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"text": text}]}


def record(*turns: dict[str, Any]) -> dict[str, Any]:
    return {"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "Be kind."}], "messages": list(turns)}


def lines(*records: Any) -> bytes:
    return "\n".join(json.dumps(item) for item in records).encode()


GOOD = record(turn("user", "How?"), turn("assistant", "So."), turn("user", "And then?"), turn("assistant", "Done."))


def test_every_turn_becomes_a_question_and_its_answer() -> None:
    assert training.read_records(lines(GOOD), MICRO) == [[("How?", "So."), ("And then?", "Done.")]]


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
    with pytest.raises(training.TrainingDataError, match=rf"^line 3: .*{reason}"):
        training.read_records(lines(GOOD, GOOD, bad), MICRO)


def test_a_line_that_is_not_json_is_refused() -> None:
    with pytest.raises(training.TrainingDataError, match="line 2"):
        training.read_records(lines(GOOD) + b"\n{'messages'", MICRO)


def test_images_are_allowed_beside_text_where_the_model_sees() -> None:
    seen = {"role": "user", "content": [{"image": {"format": "png"}}, {"text": "What is it?"}]}

    assert training.read_records(lines(record(seen, turn("assistant", "A cat."))), LITE) == [
        [("What is it?", "A cat.")]
    ]


def test_llama_3_1_takes_prompt_and_completion() -> None:
    assert training.read_records(lines({"prompt": "How?", "completion": "So."}), LLAMA) == [[("How?", "So.")]]


def test_only_nova_reserves_words() -> None:
    record_of_llama = {"prompt": "User: how?", "completion": "So."}

    assert training.read_records(lines(record_of_llama), LLAMA) == [[("User: how?", "So.")]]


@pytest.mark.parametrize(("train", "validation", "base"), [(7, 0, MICRO), (20_000, 1, MICRO), (99, 0, LLAMA)])
def test_too_few_and_too_many_records_are_refused(train: int, validation: int, base: str) -> None:
    with pytest.raises(training.TrainingDataError, match="The dataset must have"):
        training.check_count(train, validation, base)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"epochCount": "6"}, "between 1 and 5"),
        ({"epochCount": "2.5"}, "int"),
        ({"learningRate": "fast"}, "float"),
        ({"epochs": "2"}, "not supported"),
        ({"epochCount": "2", "learningRate": "0.00001", "learningRateWarmupSteps": "10"}, ""),
    ],
)
def test_hyperparameters_are_held_against_their_ranges(values: dict[str, str], fault: str) -> None:
    found = training.check_hyperparameters(MICRO, values)

    assert (fault in found) if fault else not found


def test_defaults_fill_what_was_left_out() -> None:
    resolved = training.resolved_hyperparameters(MICRO, {"epochCount": "3"})

    assert resolved["epochCount"] == "3"
    assert resolved["learningRate"] == "0.00001"


@pytest.mark.parametrize(
    ("member", "value"),
    [("jobName", "-x"), ("customModelName", "a.b"), ("jobName", "a" * 64), ("jobName", "a" + "-" * 60 + "!")],
)
def test_names_follow_their_patterns(member: str, value: str) -> None:
    body = {"jobName": "job", "customModelName": "model", "trainingDataConfig": {"s3Uri": S3}}

    assert training.check_request(body | {"outputDataConfig": {"s3Uri": "s3://bucket/out/"}}) == ""
    assert member in training.check_request(body | {"outputDataConfig": {"s3Uri": S3}, member: value})
    assert "s3Uri" in training.check_request(body | {"outputDataConfig": {"s3Uri": "s3://bucket/a b"}})


def test_outputs_have_a_falling_loss_that_the_data_decides() -> None:
    records = [[(f"question {number}", "answer")] for number in range(20)]

    files, metrics = training.outputs({S3: records, "s3://bucket/data/check.jsonl": records[:5]}, epochs=2)

    rows = list(csv.DictReader(io.StringIO(files["training_artifacts/step_wise_training_metrics.csv"])))
    losses = [float(row["training_loss"]) for row in rows]
    assert len(rows) == 40
    assert {row["epoch_number"] for row in rows} == {"0", "1"}
    assert sum(losses[-5:]) < sum(losses[:5]) / 2
    assert metrics["trainingMetrics"]["trainingLoss"] == losses[-1]
    assert len(metrics["validationMetrics"]) == 1
    assert any(path.endswith("validation_metrics.csv") for path in files)
    assert "train.jsonl,20,20,0,0" in files["input_status/manifest.report.csv"]
    assert training.outputs({S3: records}, 2)[0] != training.outputs({S3: records[1:]}, 2)[0]
    assert training.outputs({S3: records}, 2) == training.outputs({S3: records}, 2)
