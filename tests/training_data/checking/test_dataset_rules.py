"""What only the dataset as a whole shows: counts over both files, media of two kinds, buckets, validation sets."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kit_contract.dataset_limits import DatasetLimits
from model_catalog.data_files import by_id
from tests.training_data.checking.dataset_corpus import medium_of
from training_data.checking.dataset_rules import DatasetReport
from training_data.checking.files import check_dataset
from training_data.checking.model_rules import model_rules

NOVA_LITE, NOVA_2 = "amazon.nova-lite-v1:0:300k", "amazon.nova-2-lite-v1:0:256k"
LLAMA, TITAN = "meta.llama3-3-70b-instruct-v1:0:128k", "amazon.titan-embed-image-v1:0"


def record(*blocks: dict[str, Any], question: str = "What is this?") -> bytes:
    turns = [
        {"role": "user", "content": [{"text": question}, *blocks]},
        {"role": "assistant", "content": [{"text": "A tank."}]},
    ]
    return json.dumps({"schemaVersion": "bedrock-conversation-2024", "messages": turns}).encode() + b"\n"


def records(count: int, topic: str = "tank") -> bytes:
    """Different ones."""
    return b"".join(record(question=f"What is {topic} {number}?") for number in range(count))


def check(
    folder: Path,
    training: bytes,
    validation: bytes | None = None,
    *,
    model: str = NOVA_LITE,
    bucket: str | None = None,
    counts: tuple[int, int] = (2, 10),
) -> DatasetReport:
    (folder / "train.jsonl").write_bytes(training)
    other = folder / "validation.jsonl"
    if validation is not None:
        other.write_bytes(validation)
    limits = DatasetLimits("converse", *counts)
    if model in by_id():
        offered = by_id()[model].customizations["FINE_TUNING"].limits
        limits = replace(offered, record_format="converse", min_records=counts[0], max_records=counts[1])
    rules = model_rules(model, "FINE_TUNING", limits)
    return check_dataset(
        folder / "train.jsonl", rules, validation=other if validation is not None else None, bucket=bucket
    )


@pytest.mark.parametrize(("training", "validation"), [(1, 5), (8, 3), (11, 0)])
def test_too_few_to_train_on_and_too_many_together_are_findings(tmp_path: Path, training: int, validation: int) -> None:
    report = check(tmp_path, records(training), records(validation, "valve"))

    assert report.training.by_rule == {"record-count": 1}
    assert f"got {training + validation}" in report.training.findings[0].message
    assert not report.passes


@pytest.mark.parametrize(("training", "validation"), [(2, 8), (10, 0)])
def test_counts_at_the_limits_pass(tmp_path: Path, training: int, validation: int) -> None:
    assert check(tmp_path, records(training), records(validation, "valve")).passes


def test_faults_of_the_validation_set_stand_in_its_own_report(tmp_path: Path) -> None:
    report = check(tmp_path, records(2), record() + b"{\n")

    assert report.training.finding_count == 0
    assert report.validation
    assert report.validation.by_rule == {"json": 1}
    assert not report.passes


@pytest.mark.parametrize("split", [False, True])
def test_images_and_videos_in_one_dataset_are_a_finding(tmp_path: Path, split: bool) -> None:
    images, videos = record(medium_of("image", "png")) * 2, record(medium_of("video", "mp4")) * 2
    report = check(tmp_path, images, videos) if split else check(tmp_path, images + videos)

    assert report.training.by_rule == {"media-mixed": 1}
    assert "image in line 1" in report.training.findings[0].message


def test_media_in_another_bucket_than_the_dataset_are_a_finding_of_their_line(tmp_path: Path) -> None:
    far = record(medium_of("image", "png", uri="s3://far/a.png"))
    report = check(tmp_path, record() + record(medium_of("image", "png")) + far, bucket="the-bucket")

    assert [(item.line, item.rule) for item in report.training.findings] == [(3, "media-bucket")]
    assert "must be in the dataset's bucket the-bucket, got far" in report.training.findings[0].message


def test_without_a_bucket_all_media_must_share_one(tmp_path: Path) -> None:
    near, far = record(medium_of("image", "png")), record(medium_of("image", "png", uri="s3://far/a.png"))

    assert check(tmp_path, near * 3).passes
    assert check(tmp_path, near + far).training.by_rule == {"media-bucket": 1}
    report = check(tmp_path, near * 2, far)
    assert report.validation
    assert report.validation.by_rule == {"media-bucket": 1}


def test_no_more_than_fifty_buckets_are_remembered(tmp_path: Path) -> None:
    lines = [record(medium_of("image", "png", uri=f"s3://bucket-{number}/a.png")) for number in range(60)]

    report = check(tmp_path, b"".join(lines), counts=(2, 100))

    assert len(report.training.buckets) == 50
    assert report.training.by_rule == {"media-bucket": 49}


@pytest.mark.parametrize("model", [TITAN, NOVA_2])
def test_a_validation_set_that_is_not_taken_is_a_finding(tmp_path: Path, model: str) -> None:
    report = check(tmp_path, records(2), record(), model=model)

    assert report.validation
    assert report.validation.by_rule == {"validation-set": 1}


def test_more_validation_records_than_llama_takes_are_a_finding(tmp_path: Path) -> None:
    report = check(tmp_path, records(2), records(1_001, "valve"), model=LLAMA, counts=(2, 2000))

    assert report.validation
    assert report.validation.by_rule == {"validation-set": 1}


@pytest.mark.parametrize(("count", "warnings"), [(199, {"few-records": 1}), (200, {})])
def test_fewer_records_than_the_validators_ask_for_are_a_warning(
    tmp_path: Path, count: int, warnings: dict[str, int]
) -> None:
    report = check(tmp_path, records(count), model=NOVA_2, counts=(8, 20_000))

    assert report.passes
    assert report.training.warnings_by_rule == warnings


def test_a_file_that_is_no_json_lines_is_not_said_to_have_too_few_records(tmp_path: Path) -> None:
    assert check(tmp_path, b"PAR1").training.by_rule == {"not-json-lines": 1}


def test_an_unknown_base_model_is_a_warning(tmp_path: Path) -> None:
    assert check(tmp_path, records(2), model="some.new-model-v1:0:1m").training.warnings_by_rule == {
        "unknown-base-model": 1
    }
