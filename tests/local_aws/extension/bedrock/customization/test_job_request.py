"""Names, URIs and hyperparameters of a job are checked as Bedrock checks them."""

import pytest

from local_aws.extension.bedrock.customization import job_request

MICRO = "amazon.nova-micro-v1:0:128k"
S3 = "s3://bucket/data/train.jsonl"


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
def test_hyperparameters_are_checked_against_their_ranges(values: dict[str, str], fault: str) -> None:
    found = job_request.check_hyperparameters(MICRO, values)

    assert (fault in found) if fault else not found


def test_missing_hyperparameters_get_their_defaults() -> None:
    resolved = job_request.resolved_hyperparameters(MICRO, {"epochCount": "3"})

    assert resolved["epochCount"] == "3"
    assert resolved["learningRate"] == "0.00001"


@pytest.mark.parametrize(
    ("member", "value"),
    [("jobName", "-x"), ("customModelName", "a.b"), ("jobName", "a" * 64), ("jobName", "a" + "-" * 60 + "!")],
)
def test_names_and_uris_must_match_their_patterns(member: str, value: str) -> None:
    body = {"jobName": "job", "customModelName": "model", "trainingDataConfig": {"s3Uri": S3}}

    assert job_request.check_request(body | {"outputDataConfig": {"s3Uri": "s3://bucket/out/"}}) == ""
    assert member in job_request.check_request(body | {"outputDataConfig": {"s3Uri": S3}, member: value})
    assert "s3Uri" in job_request.check_request(body | {"outputDataConfig": {"s3Uri": "s3://bucket/a b"}})
