"""What a job tells of its run: events, checkpoints, and its status after the execution is gone."""

from __future__ import annotations

import openai
import pytest

from fine_tuning_api.executions import UnknownStatusError
from fine_tuning_api.executions import find as find_execution
from tests.fine_tuning_api.fake_aws import STATES, FakeAws
from tests.fine_tuning_api.histories import METRICS, TRAINING_NOW, history_event, state_entered

BUSY = {"error": "PromotionBusyError", "cause": '{"errorMessage": "sup-support is being updated"}'}


def test_events_are_steps_warnings_and_losses(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    run = f"runs/support/{job.id[-16:]}"
    aws.put(f"{run}/check.json", {"records": 4, "warnings": [{"line": 3, "rule": "few", "message": "is short"}]})
    aws.put(f"{run}/metrics.json", METRICS)
    failure = {"taskFailedEventDetails": {"error": "Bedrock.Throttling", "cause": "wait"}}
    aws.history = [
        *TRAINING_NOW,
        history_event(5, "TaskFailed", **failure),
        state_entered(6, "RecordMetrics"),
        state_entered(7, "PromotionStatus"),
        *(history_event(number, "LambdaFunctionFailed", lambdaFunctionFailedEventDetails=BUSY) for number in (71, 72)),
        state_entered(8, "WaitForPromotion", "Wait"),
        state_entered(9, "PromotionStatus"),
        state_entered(10, "PublishAlias"),
        history_event(11, "ExecutionSucceeded"),
    ]

    events = list(client.fine_tuning.jobs.list_events(job.id, limit=3))[::-1]

    assert [(event.level, event.message) for event in events] == [
        ("info", f"Created fine-tuning job {job.id} of support with 4 records"),
        ("info", "Checking the data"),
        ("warn", "training_file:3: is short"),
        ("info", "Training in Amazon Bedrock"),
        ("warn", "A step failed: Bedrock.Throttling: wait"),
        ("info", "Step 1: training loss=2"),
        ("info", "Step 2: training loss=1.5"),
        ("info", "Step 4: training loss=1"),
        ("info", "Step 2: validation loss=1.75"),
        ("info", "Recording the losses"),
        ("info", "Waiting until the model can be called"),
        ("info", "Waiting: sup-support is being updated"),
        ("info", "The alias gets the model"),
        ("info", "The job has succeeded"),
    ]
    assert events[5].type == "metrics"
    assert events[5].data == {"step": 1, "epoch": 1, "train_loss": 2.0}


def test_checkpoints_are_the_losses_of_epochs(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    assert list(client.fine_tuning.jobs.checkpoints.list(job.id)) == []
    aws.put(f"runs/support/{job.id[-16:]}/metrics.json", METRICS)
    aws.status(job.id.removeprefix("ftjob-"), "SUCCEEDED")

    last, first = client.fine_tuning.jobs.checkpoints.list(job.id)

    assert (last.step_number, last.fine_tuned_model_checkpoint) == (4, "support-bot")
    assert (first.step_number, first.fine_tuned_model_checkpoint) == (2, "")
    assert (first.metrics.train_loss, first.metrics.full_valid_loss) == (1.5, 1.75)
    assert last.metrics.full_valid_loss is None


def test_a_job_outlives_its_execution(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    aws.gone = True

    lost = client.fine_tuning.jobs.retrieve(job.id)
    assert lost.error is not None
    assert (lost.status, lost.error.code) == ("failed", "Expired")
    aws.put(f"runs/support/{job.id[-16:]}/metrics.json", METRICS)
    assert client.fine_tuning.jobs.retrieve(job.id).status == "succeeded"
    assert len(list(client.fine_tuning.jobs.list_events(job.id))) == 1


def test_an_unknown_status_is_not_guessed(aws: FakeAws) -> None:
    aws.status("support-0123456789abcdef", "HIBERNATING")

    with pytest.raises(UnknownStatusError, match="HIBERNATING"):
        find_execution(aws.service(), f"{STATES}support-0123456789abcdef")
