"""Imported models: the import job of a run that has not ended. It cannot be stopped, so the run adopts it."""

from typing import TYPE_CHECKING

from customization.existing_model import owner_of
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient


def under_way(run: Run, bedrock: "BedrockClient") -> str:
    """The ARN that the workflow's states follow, or an empty text. Of any section: the same files are one model."""
    pages = bedrock.get_paginator("list_model_import_jobs").paginate(
        nameContains=run.run_id, statusEquals="InProgress", sortBy="CreationTime", sortOrder="Descending"
    )
    jobs = (job["jobArn"] for page in pages for job in page["modelImportJobSummaries"])
    return next((job for job in jobs if owner_of(bedrock, job) == run.kit_deployment), "")
