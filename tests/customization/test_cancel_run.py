"""Jobs of the API of fine-tuning: with settings of their own, and cancelled one by one."""

import hashlib
from dataclasses import replace

import pytest

from customization.jobs_in_progress import cancel_run
from customization.start_run import starts_a_run
from kit_contract.run_events import CancelRequest
from tests.customization.aws import JOB_ARN, KEY, specification
from tests.customization.starting import CONTENT, RUN, Starting, arn_of

NAME = f"support-{RUN}"
REQUEST = CancelRequest(cancel=arn_of(NAME), customization="support")


def _cancelled(made: Starting) -> tuple[int, list[str]]:
    result = cancel_run(REQUEST, kit_deployment="sup", bedrock=made.bedrock_client, stepfunctions=made.states_client)
    made.all_called()
    return result["stopped"], result["in_progress"]


def _jobs(made: Starting, status: str, *names: str) -> None:
    jobs = [
        {
            "jobArn": JOB_ARN,
            "jobName": name,
            "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
            "status": status,
            "creationTime": 0,
        }
        for name in names
    ]
    answer = {"modelCustomizationJobSummaries": jobs}
    made.bedrock.add_response("list_model_customization_jobs", answer, {"statusEquals": status})


def test_the_execution_and_its_job_end() -> None:
    made = Starting().with_execution(NAME, "RUNNING")
    expected = {"executionArn": arn_of(NAME), "error": "Stopped", "cause": "cancelled through the API"}
    made.states.add_response("stop_execution", {"stopDate": 0}, expected)
    _jobs(made, "InProgress", f"sup-{NAME}-20261127120000", "sup-other-0123456789abcdef-20261127120000")
    made.with_owner(JOB_ARN, "sup")
    made.bedrock.add_response("stop_model_customization_job", {}, {"jobIdentifier": JOB_ARN})
    _jobs(made, "Stopping")

    assert _cancelled(made) == (1, [JOB_ARN])


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "ABORTED"])
def test_an_execution_that_has_ended_is_left_alone(status: str) -> None:
    """The job of the customization that runs now is another run's."""
    assert _cancelled(Starting().with_execution(NAME, status)) == (0, [])


def test_data_of_jobs_starts_nothing_by_its_upload() -> None:
    """Its job may have other settings than deployment.toml: two runs would be paid for."""
    assert starts_a_run("data/support/records.jsonl")
    assert not starts_a_run("data/support/jobs/0123456789abcdef.jsonl")


def test_settings_of_a_job_are_those_of_its_run() -> None:
    own = {"hyperparameters": {"epochCount": "4"}, "validation_key": "data/support/validation/a.jsonl"}
    run_id = replace(specification(), **own).run_id(hashlib.sha256(CONTENT).hexdigest())  # type: ignore[arg-type]
    made = (
        Starting()
        .with_data()
        .with_execution(f"support-{run_id}", "RUNNING")
        .with_execution(f"support-{run_id}-2", None)
    )
    asked = {"nameContains": run_id, "isOwned": True, "sortBy": "CreationTime", "sortOrder": "Descending"}
    made.bedrock.add_response("list_custom_models", {"modelSummaries": []}, asked)

    result = made.starter.start("support", KEY, changes=own)

    assert (result["run_id"], result["reason"]) == (run_id, "this run is RUNNING")
    assert run_id != RUN
    made.all_called()
