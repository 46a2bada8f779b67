"""Jobs of the openai client: runs of the training workflow, each content trained once."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

import openai
import pytest

from tests.fine_tuning_api.conftest import TRAINING
from tests.fine_tuning_api.fake_aws import BASE, STATES, FakeAws
from tests.fine_tuning_api.histories import METRICS, STARTED, TRAINING_NOW, history_event, state_entered


def test_a_job_from_its_file_to_its_model(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    aws.history = STARTED
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id, metadata={"ticket": "7"})

    assert (job.status, job.fine_tuned_model, job.model) == ("validating_files", None, BASE)
    assert (job.training_file, job.metadata) == (file_id, {"ticket": "7"})
    assert job.hyperparameters.n_epochs == 2
    assert job.method is not None
    assert job.method.type == "supervised"
    (key,) = [key for key in aws.objects if key.startswith("data/")]
    assert key.startswith("data/support/jobs/")
    assert json.loads(aws.objects[key].splitlines()[0])["schemaVersion"] == "bedrock-conversation-2024"
    assert aws.starts == [
        {
            "customization": "support",
            "key": key,
            "retry": True,
            "hyperparameters": {"epochCount": "2", "learningRate": "0.00001"},
            "validation_key": "",
        }
    ]

    aws.history = TRAINING_NOW
    assert client.fine_tuning.jobs.retrieve(job.id).status == "queued"
    aws.history = [*TRAINING_NOW, history_event(5, "TaskSubmitted")]
    assert client.fine_tuning.jobs.retrieve(job.id).status == "running"
    aws.history = [*TRAINING_NOW, state_entered(6, "Promote")]
    assert client.fine_tuning.jobs.retrieve(job.id).status == "running"

    aws.status(job.id.removeprefix("ftjob-"), "SUCCEEDED")
    done = client.fine_tuning.jobs.retrieve(job.id)
    assert (done.status, done.fine_tuned_model) == ("succeeded", "support-bot")
    assert done.finished_at is not None
    assert done.trained_tokens is None
    assert done.to_dict()["bedrock_kit"]["estimated_trained_tokens"] > 0  # type: ignore[index]


def test_the_same_content_is_one_job(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    again = client.files.create(file=("renamed.jsonl", TRAINING), purpose="fine-tune").id

    first = client.fine_tuning.jobs.create(model="support-bot", training_file=file_id)
    second = client.fine_tuning.jobs.create(model=BASE, training_file=again)

    assert second == first
    assert len(aws.executions) == 1


def test_a_job_that_failed_may_be_created_again(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    first = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    cause = json.dumps({"errorMessage": "support.jsonl:1: bad", "errorType": "TrainingDataError"})
    aws.status(first.id.removeprefix("ftjob-"), "FAILED", error="TrainingDataError", cause=cause)

    second = client.fine_tuning.jobs.create(model="support", training_file=file_id)

    failed = client.fine_tuning.jobs.retrieve(first.id)
    assert failed.status == "failed"
    assert failed.error is not None
    assert (failed.error.code, failed.error.message) == ("TrainingDataError", "support.jsonl:1: bad")
    assert second.id == f"{first.id}-2"
    assert [job.id for job in client.fine_tuning.jobs.list(limit=1)] == [second.id, first.id]
    assert client.fine_tuning.jobs.list(limit=1).has_more


def test_what_the_starter_refuses_is_not_repeated(aws: FakeAws, url: str, file_id: str) -> None:
    aws.refusal = ("StartError", "support is being trained with other data or settings")

    with (
        openai.OpenAI(base_url=url, api_key="trainer", max_retries=2) as client,
        pytest.raises(openai.ConflictError, match="is being trained with other data"),
    ):
        client.fine_tuning.jobs.create(model="support", training_file=file_id)

    assert len(aws.starts) == 1
    assert [key for key in aws.objects if key.startswith("jobs/")] == []


def test_a_model_that_was_deleted_is_not_paid_for_again(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    aws.answer = {"started": False, "reason": "not served: the custom model was trained and then deleted"}

    with pytest.raises(openai.ConflictError, match="trained and then deleted"):
        client.fine_tuning.jobs.create(model="support", training_file=file_id)


def test_a_model_that_serves_already_is_a_job_that_has_succeeded(
    aws: FakeAws, client: openai.OpenAI, file_id: str
) -> None:
    aws.answer = {"started": False, "reason": "support-bot is served by this run's model", "execution_arn": ""}

    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)

    assert (job.status, job.fine_tuned_model) == ("succeeded", "support-bot")
    assert client.fine_tuning.jobs.retrieve(job.id) == job


def test_a_model_that_its_evaluation_kept_from_callers_has_not_succeeded(
    aws: FakeAws, client: openai.OpenAI, file_id: str
) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    kept = {"outcome": "kept", "run_id": job.id[-16:], "reason": "token_f1 is 0.1, and 0.3 were wanted"}
    aws.status(job.id.removeprefix("ftjob-"), "SUCCEEDED", output=json.dumps(kept))
    aws.put(f"runs/support/{job.id[-16:]}/metrics.json", METRICS)

    found = client.fine_tuning.jobs.retrieve(job.id)

    assert (found.status, found.fine_tuned_model) == ("failed", None)
    assert found.error is not None
    assert (found.error.code, found.error.message[-36:]) == ("Kept", "token_f1 is 0.1, and 0.3 were wanted")
    checkpoints = client.fine_tuning.jobs.checkpoints.list(job.id)
    assert [item.fine_tuned_model_checkpoint for item in checkpoints] == ["", ""]


def test_metadata_with_half_a_character_does_not_break_the_list(
    aws: FakeAws, client: openai.OpenAI, url: str, file_id: str
) -> None:
    """JSON may have it, and an answer of a function in UTF-8 may not."""
    body = b'{"model": "support", "training_file": "%s", "metadata": {"a": "\\ud800"}}' % file_id.encode()
    headers = {"Authorization": "Bearer trainer", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/fine_tuning/jobs", data=body, headers=headers)) as answer:
        assert json.load(answer)["metadata"] == {"a": "\ud800"}

    assert [job.metadata for job in client.fine_tuning.jobs.list()] == [{"a": "\ud800"}]


def test_a_model_that_is_held_back_is_refused(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    """Its canary has failed, or a person went back: the starter starts nothing and names no execution."""
    aws.answer = {"started": False, "reason": "held back: the canary was worse", "execution_arn": ""}

    with pytest.raises(openai.ConflictError, match="the canary was worse"):
        client.fine_tuning.jobs.create(model="support", training_file=file_id)


def test_a_job_is_cancelled_once(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)

    assert client.fine_tuning.jobs.cancel(job.id).status == "cancelled"

    execution = job.id.removeprefix("ftjob-")
    assert aws.starts[1] == {"cancel": STATES + execution, "customization": "support"}
    assert client.fine_tuning.jobs.retrieve(job.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="it is cancelled"):
        client.fine_tuning.jobs.cancel(job.id)
    with pytest.raises(openai.BadRequestError, match="can't pause"):
        client.fine_tuning.jobs.pause(job.id)
