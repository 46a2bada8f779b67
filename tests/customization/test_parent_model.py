"""What a run trains further: a model that is named, or another run's, which may be made by the same deploy."""

from typing import Any

import pytest

from customization.parent_model import ParentAbsentError, ParentBusyError, ParentFailedError, parent_model
from kit_contract.run_names import custom_model_name
from tests.customization.aws import JOB_ARN, MODEL_ARN, a_run, record, stubbed
from tests.customization.checking import Checking

GOOD = record("A?") + record("B?")
PARENT = "fedcba9876543210"
OURS = {"tags": [{"key": "bedrock-kit:deployment", "value": "sup"}]}
THEIRS = {"tags": [{"key": "bedrock-kit:deployment", "value": "other"}]}


def found(status: str | None = None, *jobs: str, tags: dict[str, Any] = OURS) -> str:
    """parent_model's answer; `status` is that of the parent's model, `jobs` those of its jobs, the newest first."""
    client, bedrock = stubbed("bedrock")
    model = {
        "modelArn": MODEL_ARN,
        "modelName": custom_model_name("sup", "parent", PARENT),
        "creationTime": 0,
        "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
        "baseModelName": "Nova Micro",
        "modelStatus": status,
    }
    expected = {"nameContains": PARENT, "isOwned": True, "sortBy": "CreationTime", "sortOrder": "Descending"}
    bedrock.add_response("list_custom_models", {"modelSummaries": [model] if status else []}, expected)
    if status:
        bedrock.add_response("list_tags_for_resource", tags, {"resourceARN": MODEL_ARN})
    if status != "Active" or tags is THEIRS:
        job = {"jobArn": JOB_ARN, "baseModelArn": model["baseModelArn"], "jobName": "sup-parent", "creationTime": 0}
        bedrock.add_response(
            "list_model_customization_jobs",
            {"modelCustomizationJobSummaries": [{**job, "status": item} for item in jobs]},
            {"nameContains": PARENT, "sortBy": "CreationTime", "sortOrder": "Descending"},
        )
        if jobs:
            bedrock.add_response("list_tags_for_resource", OURS, {"resourceARN": JOB_ARN})
    answer = parent_model(a_run(parent=PARENT), client)
    bedrock.assert_no_pending_responses()
    return answer


def test_a_foundation_model_has_no_parent_and_a_named_one_is_taken() -> None:
    client, _ = stubbed("bedrock")  # no call

    assert parent_model(a_run(), client) == ""
    assert parent_model(a_run(parent=MODEL_ARN), client) == MODEL_ARN


def test_the_parents_model_is_found_by_its_run() -> None:
    assert found("Active") == MODEL_ARN


@pytest.mark.parametrize(("status", "jobs"), [(None, ["InProgress", "Failed"]), ("Creating", [])])
def test_a_parent_that_is_not_trained_yet_is_waited_for(status: str | None, jobs: list[str]) -> None:
    with pytest.raises(ParentBusyError, match=f"support waits for the model of run {PARENT}"):
        found(status, *jobs)


@pytest.mark.parametrize("status", ["Failed", "Stopped", "Completed"])
def test_a_parent_without_a_model_is_named_with_its_last_job(status: str) -> None:
    with pytest.raises(ParentFailedError, match=f"the last job is {status}; correct what failed"):
        found(None, status, "InProgress")


def test_a_parent_without_a_job_is_not_waited_for_as_long_as_one_with_a_job() -> None:
    with pytest.raises(ParentAbsentError, match="no job of that run exists yet"):
        found()


def test_another_deployments_model_is_no_parent() -> None:
    with pytest.raises(ParentAbsentError):
        found("Active", tags=THEIRS)


def test_the_job_starts_from_the_parents_model() -> None:
    from tests.customization.test_check_data import GOOD

    result = Checking().without_model().with_data(GOOD).check(a_run(GOOD, parent=MODEL_ARN))

    assert result["base_model"] == MODEL_ARN
