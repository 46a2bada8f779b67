"""`kit local up` follows the run of the current settings, whatever failed after it, and shows that run's loss."""

import io
import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.hint import EMBEDDED
from kit.local.following import TRAINING_TIMEOUT_SECONDS, follow_training
from kit.progress import Progress
from kit_contract.errors import ExternalError
from tests.deployment_file import shipped_config
from tests.kit.runs.histories import history

NOW = datetime(2026, 11, 27, tzinfo=UTC)
CURRENT, FAILED = "support-0123456789abcdef", "support-fedcba9876543210"
JOB = json.dumps({"JobName": "sup-support", "Status": "Failed", "FailureMessage": "too many epochs"})
LOSS = "step_number,epoch_number,training_loss\n1,1,3.5\n2,1,0.25\n"


class Aws:
    """Stands for every client. The newest execution is of other settings and failed; the older one's model serves."""

    executions: dict[str, dict[str, Any]]

    def __init__(self) -> None:
        self.states: list[str] = []
        self.jobs: list[dict[str, Any]] = []
        self.executions = {
            CURRENT: {"status": "SUCCEEDED", "startDate": NOW - timedelta(days=1)},
            FAILED: {"status": "FAILED", "startDate": NOW - timedelta(hours=1), "cause": JOB},
        }

    def __call__(self, _: str) -> "Aws":
        return self

    def get_execution_history(self, **_: Any) -> dict[str, Any]:
        """The latest event first."""
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"events": history(("TaskStateEntered", state))}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        return self.executions[executionArn]

    def list_model_customization_jobs(self, **_: Any) -> dict[str, Any]:
        return {"modelCustomizationJobSummaries": self.jobs}

    def get_parameter(self, Name: str) -> dict[str, Any]:
        assert Name.endswith("/customizations/support/promoted")
        return {"Parameter": {"Value": json.dumps({"custom_model_arn": "model-of-the-current-run"})}}

    def get_custom_model(self, modelIdentifier: str) -> dict[str, Any]:
        assert modelIdentifier == "model-of-the-current-run"
        return {"jobArn": "job/1", "outputDataConfig": {"s3Uri": "s3://bucket/output/support/0123456789abcdef/"}}

    def list_objects_v2(self, Prefix: str, **_: str) -> dict[str, Any]:
        return {"Contents": [{"Key": f"{Prefix}model-customization-job-1/step_wise_training_metrics.csv"}]}

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(LOSS.encode())}


def follow(execution: str, aws: Aws | None = None, **more: str) -> str:
    output = io.StringIO()
    outputs = {"training": {"SupportExecution": execution, **more}}
    follow_training(shipped_config(), outputs, aws or Aws(), Progress(1, output, EMBEDDED), since=NOW)
    return output.getvalue()


@pytest.mark.parametrize("execution", [CURRENT, "none"])
def test_a_failed_run_of_other_settings_is_not_followed(execution: str) -> None:
    said = follow(execution)

    assert "training loss 3.50" in said
    assert "0.25 (2 steps)" in said
    assert "support: already trained, nothing to do" in said


def test_the_failure_of_the_current_settings_is_told_with_its_cause() -> None:
    with pytest.raises(ExternalError, match=r"training of support ended FAILED: too many epochs$"):
        follow(FAILED)


def test_every_run_that_failed_is_told() -> None:
    aws, name = Aws(), "other"
    aws.executions["other-1"] = {"status": "ABORTED", "startDate": NOW}
    config = shipped_config()
    assert config.training
    both = {**config.training.customizations, name: config.training.customizations["support"]}
    training = config.training.model_copy(update={"customizations": both})
    outputs = {"training": {"SupportExecution": FAILED, "OtherExecution": "other-1"}}

    with pytest.raises(ExternalError) as error:
        follow_training(
            config.model_copy(update={"training": training}), outputs, aws, Progress(1, io.StringIO()), since=NOW
        )

    assert str(error.value).splitlines() == [
        "training of support ended FAILED: too many epochs",
        "training of other ended ABORTED: no reason given",
    ]


def test_a_run_that_is_held_back_is_told_with_its_reason() -> None:
    said = follow(CURRENT, SupportRun="held back: rollback; kit runs promote 0123456789abcdef")

    assert "support: not promoted, held back: rollback; kit runs promote 0123456789abcdef --local" in said
    assert "already trained" not in said


def test_canary_and_watch_are_named_and_not_awaited_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = itertools.count(step=TRAINING_TIMEOUT_SECONDS // 4)
    monkeypatch.setattr("kit.local.following.time.monotonic", lambda: next(passed))
    monkeypatch.setattr("kit.local.following.time.sleep", lambda _: None)
    aws = Aws()
    aws.states = ["SmokeTest", "WaitForCanary", "WaitForWatch"]
    aws.executions[CURRENT] = {"status": "RUNNING", "startDate": NOW}

    said = follow(CURRENT, aws).splitlines()

    assert [line.strip() for line in said[1:4]] == [
        "support: asking the candidate the smoke prompts",
        "support: the candidate answers a share of the requests",
        "support: the model serves, and is watched",
    ]
    assert (
        "support: the model serves, and is watched; to follow it: kit runs watch 0123456789abcdef --local" in said[-1]
    )


def test_another_run_that_does_not_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = itertools.count(step=TRAINING_TIMEOUT_SECONDS // 2)
    monkeypatch.setattr("kit.local.following.time.monotonic", lambda: next(passed))
    monkeypatch.setattr("kit.local.following.time.sleep", lambda _: None)
    aws = Aws()
    aws.states = ["Promote"]
    aws.executions[CURRENT] = {"status": "RUNNING", "startDate": NOW}

    with pytest.raises(ExternalError, match="training of support did not end within 300 s"):
        follow(CURRENT, aws)


def test_a_job_of_another_deployment_with_the_same_data_is_not_counted() -> None:
    aws = Aws()
    aws.executions[CURRENT] = {"status": "SUCCEEDED", "startDate": NOW}
    owners = (shipped_config().deployment.name, "another")
    aws.jobs = [
        {"jobName": f"{owner}-support-0123456789abcdef-20261124023000", "status": "Completed", "creationTime": NOW}
        for owner in owners
    ]

    assert "support: trained and promoted" in follow(CURRENT, aws)
