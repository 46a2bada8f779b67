"""`kit runs stop`: the execution and the job, after a word about what is billed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import ONE
from tests.kit.runs.fake_aws import FakeAws, Refused


def test_execution_and_job_are_stopped(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="RUNNING")
    aws.add_job(status="InProgress")
    aws.put(ONE, "check.json", {"records": 9, "tokens": 1_000_000})

    code, printed, _ = runs("stop", "support", "--yes")

    assert code == 0
    assert (aws.executions[0]["status"], aws.executions[0]["error"]) == ("ABORTED", "Stopped")
    assert aws.jobs[0]["status"] == "Stopping"
    assert "Tokens that the job has processed are billed, at most about 2.00 USD" in printed


def test_without_a_job_nothing_is_billed(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    arn = aws.add_run(status="RUNNING")

    found = parsed("stop", "support", "--yes")

    assert (found["executions"], found["jobs"]) == ([arn], [])
    assert found["billed"].startswith("No job of it runs")


def test_what_bedrock_makes_of_a_source_goes_on(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(
        status="RUNNING", method="IMPORT", job_members={"ModelDataSource": {"S3DataSource": {"S3Uri": "s3://m/"}}}
    )

    code, printed, _ = runs("stop", "support", "--yes")

    assert (code, aws.executions[0]["status"]) == (0, "ABORTED")
    assert "begun of s3://m/ cannot be stopped and goes on; another attempt at the run takes it over" in printed


def test_a_job_that_its_execution_left_behind_is_stopped(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="ABORTED")
    aws.add_job(status="InProgress")

    assert runs("stop", "support", "--yes")[0] == 0
    assert aws.jobs[0]["status"] == "Stopping"
    assert "StopExecution" not in aws.calls


def test_it_is_asked_first(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="RUNNING")

    code, _, error = runs("stop", "support")

    assert (code, aws.executions[0]["status"]) == (2, "RUNNING")
    assert f"Stop run {ONE} of support?" in error


def test_what_has_just_ended_is_no_failure(aws: FakeAws, runs: Runs) -> None:
    def refused() -> None:
        raise Refused("ConflictException", "The job is Completed and cannot be stopped", 400)

    aws.add_run(status="RUNNING")
    aws.add_job(status="InProgress")
    aws.before["StopModelCustomizationJob"] = refused

    assert runs("stop", "support", "--yes")[0] == 0


def test_what_does_not_run_is_not_stopped(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()

    code, _, error = runs("stop", "support", "--yes")

    assert code == 2
    assert "does not run, it is succeeded" in error


def test_who_waits_for_the_model_is_named(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="RUNNING", ago=timedelta(hours=3))
    aws.add_run(status="RUNNING", customization="help")

    _, printed, _ = runs("stop", "support", "--yes")

    assert "help waits for its model, and will train it in its own job" in printed
