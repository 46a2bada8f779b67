"""Stopping jobs: only those of this deployment and customization; a job that has just ended is no error."""

from typing import Any

import pytest

from customization.jobs_in_progress import stop_jobs
from tests.customization.aws import stubbed

RUN = "0123456789abcdef"
ARN = "arn:aws:bedrock:us-east-1:111122223333:model-customization-job/amazon.nova-micro-v1:0:128k/"


def summaries(names: list[str], status: str) -> dict[str, Any]:
    base = {"baseModelArn": f"{ARN}base", "creationTime": 0, "status": status}
    return {"modelCustomizationJobSummaries": [{"jobArn": ARN + name, "jobName": name, **base} for name in names]}


def jobs(running: list[str], stopping: list[str], *, owner: str = "sup", conflict: bool = False) -> list[str]:
    """The result of stop_jobs for the customization support-eu, whose `running` jobs are tagged with `owner`."""
    client, stubber = stubbed("bedrock")
    own = [name for name in running if name.endswith(f"eu-{RUN}-20260101000000")]
    stubber.add_response(
        "list_model_customization_jobs", summaries(running, "InProgress"), {"statusEquals": "InProgress"}
    )
    for name in own:
        tags = {"tags": [{"key": "bedrock-kit:deployment", "value": owner}]}
        stubber.add_response("list_tags_for_resource", tags, {"resourceARN": ARN + name})
    for name in own if owner == "sup" else []:
        if conflict:
            stubber.add_client_error("stop_model_customization_job", "ConflictException")
        else:
            stubber.add_response("stop_model_customization_job", {}, {"jobIdentifier": ARN + name})
    stubber.add_response("list_model_customization_jobs", summaries(stopping, "Stopping"), {"statusEquals": "Stopping"})
    for name in stopping:
        tags = {"tags": [{"key": "bedrock-kit:deployment", "value": "sup"}]}
        stubber.add_response("list_tags_for_resource", tags, {"resourceARN": ARN + name})
    found = [arn.removeprefix(ARN) for arn in stop_jobs(client, "sup", "support-eu")]
    stubber.assert_no_pending_responses()
    return found


MINE = f"support-eu-{RUN}-20260101000000"
SECOND = f"support-eu-{RUN}-2-20260101000000"


def test_jobs_of_another_customization_are_not_stopped() -> None:
    assert jobs([f"eu-us-{RUN}-20260101000000", "support-eu-by-hand", f"support-{RUN}-20260101000000"], []) == []


def test_jobs_of_another_deployment_are_not_stopped() -> None:
    assert jobs([MINE], [], owner="other") == []


@pytest.mark.parametrize("conflict", [False, True])
def test_a_running_job_is_stopped_and_returned(conflict: bool) -> None:
    assert jobs([MINE], [], conflict=conflict) == [MINE]


def test_a_stopping_job_is_returned() -> None:
    assert jobs([], [SECOND]) == [SECOND]
