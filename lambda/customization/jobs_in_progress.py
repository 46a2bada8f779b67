"""Stops the jobs of one customization: stopping an execution only asks Bedrock to stop its job."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from customization.existing_model import owner_of
from kit_contract import run_names
from kit_contract.aws_errors import says_busy
from kit_contract.run_events import CancelRequest, StopResult

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.literals import FineTuningJobStatusType
    from mypy_boto3_stepfunctions import SFNClient


def cancel_run(
    request: CancelRequest, *, kit_deployment: str, bedrock: "BedrockClient", stepfunctions: "SFNClient"
) -> StopResult:
    """Stop one execution and its job. Unlike the removal of a customization, it leaves what is promoted alone.

    A customization has one job at a time. Bedrock bills the tokens that it has processed.
    """
    arn, customization = request["cancel"], request["customization"]
    running = stepfunctions.describe_execution(executionArn=arn)["status"] == "RUNNING"
    if not running:  # another job of the customization may run
        return {"stopped": 0, "in_progress": []}
    stepfunctions.stop_execution(executionArn=arn, error="Stopped", cause="cancelled through the API")
    return {"stopped": 1, "in_progress": stop_jobs(bedrock, kit_deployment, customization)}


def stop_jobs(
    bedrock: "BedrockClient", kit_deployment: str, customization: str, kept: Collection[str] = ()
) -> list[str]:
    """Stop the jobs in progress, but for those of the runs `kept`. Returns the ARNs of those that have not ended."""
    running = _jobs(bedrock, "InProgress", kit_deployment, customization, kept)
    for arn in running:
        try:
            bedrock.stop_model_customization_job(jobIdentifier=arn)
        except Exception as error:
            if not says_busy(error):
                raise
            continue  # it has just ended or is already being stopped: the next call tells which
    return sorted({*running, *_jobs(bedrock, "Stopping", kit_deployment, customization)})


def _jobs(
    bedrock: "BedrockClient",
    status: "FineTuningJobStatusType",
    kit_deployment: str,
    customization: str,
    kept: Collection[str] = (),
) -> list[str]:
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(statusEquals=status)
    jobs = [job for page in pages for job in page["modelCustomizationJobSummaries"]]
    named = [
        job["jobArn"]
        for job in jobs
        if run_names.is_job_of(job["jobName"], kit_deployment, customization)
        and not any(f"-{run}-" in job["jobName"] for run in kept)
    ]
    return [arn for arn in named if owner_of(bedrock, arn) == kit_deployment]
