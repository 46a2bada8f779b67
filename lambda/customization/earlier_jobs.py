"""What the jobs of this content say about another one: each was paid for, whatever became of its execution.

Jobs, unlike models and executions, cannot be deleted.
"""

from typing import TYPE_CHECKING

from customization.existing_model import owner_of
from kit_contract import run_names
from kit_contract.run_events import NOT_SERVED
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import ModelCustomizationJobSummaryTypeDef as Job

UNDER_WAY = ("InProgress", "Stopping")


def why_not_again(run: Run, bedrock: "BedrockClient", *, retrain: bool, retry: bool) -> str:
    """Why no job may be created now for content that has no model; empty if one may.

    `retrain` allows to pay again for a model that was deleted, `retry` after a job that failed or was stopped.
    """
    jobs = _jobs(run, bedrock)
    own = run.specification.customization
    for job in jobs:
        if job["status"] in UNDER_WAY and run_names.is_job_of(job["jobName"], run.kit_deployment, own):
            return (
                f"{NOT_SERVED}job {job['jobName']} of {own} (run {run.run_id}) is {job['status']} although its "
                "execution has ended, and a second one would be paid for as well; wait until it has ended, then deploy "
                f"again or kit runs retry {run.run_id}"
            )
    ended = [job["status"] for job in jobs if job["status"] not in UNDER_WAY]
    if "Completed" in ended and not retrain:
        return (
            f"{NOT_SERVED}the custom model of {own} (run {run.run_id}) was trained and then deleted; training it again "
            f"costs what kit cost says: allow it with kit deploy --retrain {own}"
        )
    if ended and not (retrain or retry):
        return (
            f"{NOT_SERVED}the last job of {own} (run {run.run_id}) {_became(ended[0])}, and another one costs what kit "
            f"cost says; kit runs show {run.run_id} tells why: then allow it with kit deploy --retry-failed"
        )
    return ""


def _jobs(run: Run, bedrock: "BedrockClient") -> list["Job"]:
    """This deployment's, the newest first."""
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(
        nameContains=run.run_id, sortBy="CreationTime", sortOrder="Descending"
    )
    found = [job for page in pages for job in page["modelCustomizationJobSummaries"]]
    return [job for job in found if owner_of(bedrock, job["jobArn"]) == run.kit_deployment]


def _became(status: str) -> str:
    return "was stopped" if status == "Stopped" else "failed"
