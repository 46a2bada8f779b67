"""A distillation from invocation logs: its dataset names the logs, and no other data starts a job that reads them."""

import json
from typing import Any

import pytest

from customization.log_source import TrainingDataError
from tests.customization.aws import a_run, record
from tests.customization.checking import Checking

LOGS = {"UsePromptResponse": True, "InvocationLogSource": {"S3Uri": "s3://logs/AWSLogs/"}}
SOURCE = json.dumps({"asOf": "2026-11", "invocationLogsConfig": LOGS}).encode() + b"\n"
MEMBERS: dict[str, Any] = {"TrainingDataConfig": {"InvocationLogsConfig": LOGS}}


def test_the_source_is_no_record_of_its_own() -> None:
    result = Checking().without_model().with_data(SOURCE).check(a_run(SOURCE, job_members=MEMBERS))

    assert (result["trained"], result["records"]) == (False, 0)


@pytest.mark.parametrize("content", [record(), b"not JSON", b"[]\n", SOURCE.replace(b"s3://logs/", b"s3://others/")])
def test_other_data_starts_no_job(content: bytes) -> None:
    checking = Checking().without_model().with_data(content, report=False)

    with pytest.raises(TrainingDataError, match="is not the source of support, which learns from invocation logs"):
        checking.check(a_run(content, job_members=MEMBERS))
