"""Copies of custom models: the copy job of a run that has not ended. It cannot be stopped, so the run adopts it."""

from typing import TYPE_CHECKING

from kit_contract.runs import Run
from kit_contract.tags import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import ModelCopyJobSummaryTypeDef as Job


def under_way(run: Run, bedrock: "BedrockClient") -> str:
    """The ARN that the workflow's states follow, or an empty text."""
    pages = bedrock.get_paginator("list_model_copy_jobs").paginate(
        targetModelNameContains=run.run_id,
        statusEquals="InProgress",
        sourceModelArnEquals=str(run.specification.job_members["SourceModelArn"]),
        sortBy="CreationTime",
        sortOrder="Descending",
    )
    jobs = [job for page in pages for job in page["modelCopyJobSummaries"]]
    ours = (job["jobArn"] for job in jobs if _owner(job) == run.kit_deployment)
    return next(ours, "")


def _owner(job: "Job") -> str:
    """A copy job carries no tags of its own: those of its model tell."""
    return next((tag["value"] for tag in job.get("targetModelTags", []) if tag["key"] == DEPLOYMENT_TAG), "")
