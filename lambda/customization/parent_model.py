"""The custom model that a run trains further: one that deployment.toml names, or that of another customization's run.

The parent may be trained by the same deploy, so its model may come later. A job of it that failed may be followed by
another attempt: the workflow waits an hour for that, and as long as the parent takes if it is under way.
"""

from typing import TYPE_CHECKING

from customization.existing_model import find_model_of, owner_of
from kit_contract.errors import RetryLaterError
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

ENDED = ("Failed", "Stopped", "Completed")


class ParentBusyError(RetryLaterError):
    """When the parent is not trained yet. The workflow retries by the name of this class."""


class ParentAbsentError(RetryLaterError):
    """When no job of the parent is known, as before its data are checked. Retried for two days: a job may wait one for
    Bedrock's quota.
    """


class ParentFailedError(RetryLaterError):
    """When the parent's last job left no model. The workflow retries by the name of this class, for an hour."""


def parent_model(run: Run, bedrock: "BedrockClient") -> str:
    """The ARN of the custom model to train further, or "". Raises ParentBusyError, ParentAbsentError,
    ParentFailedError.
    """
    parent = run.specification.parent
    if not parent or parent.startswith("arn:"):
        return parent
    model = find_model_of(parent, run.kit_deployment, bedrock)
    if model and model.is_active:
        return model.arn
    status = _last_job_status(parent, run.kit_deployment, bedrock)
    own = run.specification.customization
    if status in ENDED:
        raise ParentFailedError(
            f"{own} is trained further from the model of run {parent}, which is not there: the last job is {status}; "
            "correct what failed, or allow to train a deleted model again (kit deploy --retrain), then deploy again"
        )
    waits = f"{own} waits for the model of run {parent}, from which it is trained further"
    raise ParentBusyError(waits) if status or model else ParentAbsentError(f"{waits}; no job of that run exists yet")


def _last_job_status(run_id: str, kit_deployment: str, bedrock: "BedrockClient") -> str:
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(
        nameContains=run_id, sortBy="CreationTime", sortOrder="Descending"
    )
    jobs = (job for page in pages for job in page["modelCustomizationJobSummaries"])
    return next((job["status"] for job in jobs if owner_of(bedrock, job["jobArn"]) == kit_deployment), "")
