"""The files of a job: errors name file and line, and a validation file is part of the run."""

from __future__ import annotations

import openai
import pytest

from kit_contract.dataset_limits import DatasetLimits
from tests.fine_tuning_api.conftest import CHAT, TRAINING
from tests.fine_tuning_api.fake_aws import FakeAws, specification


def test_faults_of_the_data_name_file_and_line(aws: FakeAws, client: openai.OpenAI) -> None:
    content = TRAINING + b'{"messages": [{"role": "user", "content": "no answer"}]}\n'
    file = client.files.create(file=("train.jsonl", content), purpose="fine-tune")

    with pytest.raises(openai.BadRequestError, match=r"training_file: train\.jsonl:5: ") as refused:
        client.fine_tuning.jobs.create(model="support", training_file=file.id)

    assert refused.value.code == "invalid_training_file"
    assert refused.value.param == "training_file"
    assert [key for key in aws.objects if key.startswith(("data/", "jobs/"))] == []
    with pytest.raises(openai.NotFoundError) as missing:
        client.fine_tuning.jobs.create(model="support", training_file="file-0")
    assert missing.value.param == "training_file"


def test_a_validation_file_is_part_of_the_run(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    held_out = "".join(CHAT % f"Differently {number}." for number in range(2)).replace("descale", "clean").encode()
    validation = client.files.create(file=("valid.jsonl", held_out), purpose="fine-tune").id

    job = client.fine_tuning.jobs.create(model="support", training_file=file_id, validation_file=validation)

    assert job.validation_file == validation
    key = aws.starts[0]["validation_key"]
    assert key.startswith("data/support/validation/")
    assert aws.objects[key].count(b"\n") == 2


def test_a_validation_file_that_shares_records_or_is_not_taken(
    aws: FakeAws, client: openai.OpenAI, file_id: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=r"train.jsonl:1 is also in training_file \(train.jsonl:1\)"):
        client.fine_tuning.jobs.create(model="support", training_file=file_id, validation_file=file_id)
    aws.specifications = [specification(limits=DatasetLimits("converse", 2, 100, max_validation_records=0))]
    with pytest.raises(openai.BadRequestError, match="takes no validation set"):
        client.fine_tuning.jobs.create(model="support", training_file=file_id, validation_file=file_id)
    assert aws.starts == []


def test_without_a_validation_file_that_of_deployment_toml_counts(
    aws: FakeAws, client: openai.OpenAI, file_id: str
) -> None:
    aws.specifications = [specification(validation_key="data/support/validation/a.jsonl")]

    client.fine_tuning.jobs.create(model="support", training_file=file_id)

    assert aws.starts[0]["validation_key"] == "data/support/validation/a.jsonl"
