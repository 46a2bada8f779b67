"""A customization gets another key while its job runs: the job is paid for once, and its model serves the alias."""

import shutil
from collections.abc import Iterator

import pytest

from local_aws import emulator
from tests.end_to_end.day_two import DayTwo
from tests.end_to_end.day_two_settings import REGION, Settings

pytestmark = [pytest.mark.end_to_end, pytest.mark.nightly]

SLOWLY = 8.0  # a job takes about half a minute, longer than the deploy that renames


@pytest.fixture
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DayTwo]:
    folder = tmp_path_factory.mktemp("renamed")
    try:
        emulator.start(folder / "aws", port=None, region=REGION, time_scale=SLOWLY)
        yield DayTwo(folder)
    finally:
        emulator.stop(folder / "aws")
        shutil.rmtree(folder, ignore_errors=True)


def test_one_job_is_paid_for_and_its_model_serves_the_alias(aws: DayTwo) -> None:
    aws.begin(Settings(other=False))
    jobs = aws.client("bedrock").list_model_customization_jobs(statusEquals="InProgress")
    assert len(jobs["modelCustomizationJobSummaries"]) == 1

    aws.deploy(Settings(customization="help", other=False))

    (job,) = aws.client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]
    executions = aws.client("stepfunctions").list_executions(stateMachineArn=aws.outputs["WorkflowArn"])["executions"]
    (renamed,) = [item["startDate"] for item in executions if item["name"].startswith("help-")]
    assert renamed < job["endTime"]  # the job ran on while the key changed
    assert job["status"] == "Completed"
    assert aws.refused == {}
    assert aws.serving() == {"bot": job["customModelName"]}
    assert aws.deployments() == ["day-two-help"]
