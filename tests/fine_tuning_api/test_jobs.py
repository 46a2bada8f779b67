"""Jobs of the openai client: runs of the training workflow, each content trained once."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import openai
import pytest

from fine_tuning_api.executions import UnknownStatusError
from fine_tuning_api.executions import find as find_execution
from kit_contract.dataset_limits import DatasetLimits
from tests.fine_tuning_api.conftest import CHAT, TRAINING
from tests.fine_tuning_api.fake_aws import BASE, NOW, STATES, FakeAws, specification

METRICS = {
    "steps": {
        "training": [
            {"step": 1, "epoch": 1, "loss": 2.0},
            {"step": 2, "epoch": 1, "loss": 1.5},
            {"step": 4, "epoch": 2, "loss": 1.0},
        ],
        "validation": [{"step": 2, "epoch": 1, "loss": 1.75}],
    }
}


def _entered(number: int, state: str, kind: str = "Task") -> dict[str, Any]:
    entered = {"stateEnteredEventDetails": {"name": state}}
    return {"id": number, "type": f"{kind}StateEntered", "timestamp": NOW, **entered}


def _event(number: int, kind: str, **details: Any) -> dict[str, Any]:
    return {"id": number, "type": kind, "timestamp": NOW, **details}


STARTED = [_event(1, "ExecutionStarted"), _entered(2, "CheckData")]
TRAINING_NOW = [*STARTED, _entered(3, "TrainedBefore", "Choice"), _entered(4, "Train")]


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
    aws.history = [*TRAINING_NOW, _event(5, "TaskSubmitted")]
    assert client.fine_tuning.jobs.retrieve(job.id).status == "running"
    aws.history = [*TRAINING_NOW, _entered(6, "Promote")]
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


def test_hyperparameters_are_part_of_the_run(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    first = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    second = client.fine_tuning.jobs.create(
        model="support",
        training_file=file_id,
        method={
            "type": "supervised",
            "supervised": {
                "hyperparameters": {"n_epochs": 3, "learning_rate_multiplier": 2, "batch_size": "auto"},
            },
        },
    )
    third = client.fine_tuning.jobs.create(model="support", training_file=file_id, hyperparameters={"n_epochs": 2})

    assert second.id != first.id == third.id
    assert aws.starts[1]["hyperparameters"] == {"epochCount": "3", "learningRate": "0.00002"}
    assert second.hyperparameters.n_epochs == 3
    assert second.hyperparameters.learning_rate_multiplier == 2
    assert second.hyperparameters.batch_size == "auto"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_epochs": 6}, "n_epochs must be a whole number from 1 to 5 for amazon.nova-micro"),
        ({"n_epochs": 1.5}, "a whole number"),
        ({"batch_size": 4}, "batch_size is not one of amazon.nova-micro.*It has n_epochs, learning_rate_multiplier"),
        ({"learning_rate_multiplier": 20}, "must be 0.1 to 10"),
        ({"beta": 1}, "beta is not a field"),
        ({"n_epochs": "three"}, "must be a number"),
    ],
)
def test_hyperparameters_that_the_base_model_does_not_take(
    aws: FakeAws, client: openai.OpenAI, file_id: str, given: Any, message: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        client.fine_tuning.jobs.create(model="support", training_file=file_id, hyperparameters=given)

    assert aws.starts == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"suffix": "v2"}, "suffix can't be used"),
        ({"seed": 42}, "seed can't be used: Bedrock takes no seed"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations can't be used"),
        ({"method": {"type": "dpo"}}, "method.type must be supervised, got dpo"),
        ({"metadata": {"a": 1}}, "metadata must be"),
        ({"extra_body": {"priority": 1}}, "priority is not a field"),
        ({"model": "gpt-4o-mini"}, r"not a customization of this deployment; .*support \(alias support-bot\)"),
    ],
)
def test_what_is_not_honoured_is_refused(
    aws: FakeAws, client: openai.OpenAI, file_id: str, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=message):
        client.fine_tuning.jobs.create(**{"model": "support", "training_file": file_id, **given})

    assert aws.starts == []


def test_a_base_model_of_two_customizations_and_another_method(
    aws: FakeAws, client: openai.OpenAI, file_id: str
) -> None:
    aws.specifications = [specification(), specification("sales", method="DISTILLATION")]

    with pytest.raises(openai.BadRequestError, match="base model of several customizations; name one of them"):
        client.fine_tuning.jobs.create(model=BASE, training_file=file_id)
    with pytest.raises(openai.BadRequestError, match="sales is trained by DISTILLATION"):
        client.fine_tuning.jobs.create(model="sales", training_file=file_id)


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


@pytest.mark.parametrize("name", ["n_epochs", "learning_rate_multiplier"])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1e999", "1" + 400 * "0"])
def test_numbers_that_are_none_are_refused(url: str, file_id: str, name: str, value: str) -> None:
    body = f'{{"model": "support", "training_file": "{file_id}", "hyperparameters": {{"{name}": {value}}}}}'
    headers = {"Authorization": "Bearer trainer", "Content-Type": "application/json"}

    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{url}/fine_tuning/jobs", data=body.encode(), headers=headers))

    assert refused.value.code == 400


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


BUSY = {"error": "PromotionBusyError", "cause": '{"errorMessage": "sup-support is being updated"}'}


def test_events_are_steps_warnings_and_losses(aws: FakeAws, client: openai.OpenAI, file_id: str) -> None:
    job = client.fine_tuning.jobs.create(model="support", training_file=file_id)
    run = f"runs/support/{job.id[-16:]}"
    aws.put(f"{run}/check.json", {"records": 4, "warnings": [{"line": 3, "rule": "few", "message": "is short"}]})
    aws.put(f"{run}/metrics.json", METRICS)
    failure = {"taskFailedEventDetails": {"error": "Bedrock.Throttling", "cause": "wait"}}
    aws.history = [
        *TRAINING_NOW,
        _event(5, "TaskFailed", **failure),
        _entered(6, "RecordMetrics"),
        _entered(7, "PromotionStatus"),
        *(_event(number, "LambdaFunctionFailed", lambdaFunctionFailedEventDetails=BUSY) for number in (71, 72)),
        _entered(8, "WaitForPromotion", "Wait"),
        _entered(9, "PromotionStatus"),
        _entered(10, "PublishAlias"),
        _event(11, "ExecutionSucceeded"),
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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fine_tuning/jobs/ftjob-missing", 404),
        ("GET", "/fine_tuning/jobs/..%2F..%2Fdata", 404),
        ("DELETE", "/fine_tuning/jobs", 405),
        ("GET", "/fine_tuning/models", 404),
        ("GET", "/fine_tuning/jobs?metadata[a]=b", 400),
        ("GET", "/files?after=file-0", 400),
        ("GET", "/files?limit=0", 400),
        ("POST", "/fine_tuning/jobs", 400),
    ],
)
def test_other_requests_are_refused_in_the_dialect(url: str, method: str, path: str, status: int) -> None:
    request = Request(url + path, method=method, headers={"Authorization": "Bearer trainer"})

    with pytest.raises(HTTPError) as refused:
        urlopen(request)

    assert refused.value.code == status
    assert set(json.load(refused.value)["error"]) == {"message", "type", "param", "code"}


def test_failures_of_aws_are_not_told(aws: FakeAws, client: openai.OpenAI) -> None:
    aws.errors = {"ListObjectsV2": "SlowDown"}
    with pytest.raises(openai.InternalServerError) as busy:
        client.files.list()
    aws.errors = {"ListObjectsV2": "AccessDenied"}
    with pytest.raises(openai.InternalServerError, match="find the request id") as broken:
        client.files.list()

    assert (busy.value.status_code, broken.value.status_code) == (503, 500)
