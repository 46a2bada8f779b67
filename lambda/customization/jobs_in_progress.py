"""The jobs of one customization that have not ended: stopping an execution asks Bedrock to stop its job, no more."""

import re
from typing import TYPE_CHECKING

from customization import run_names

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.literals import FineTuningJobStatusType

DEPLOYMENT_TAG = "bedrock-kit:deployment"
MAX_JOB_NAME_LENGTH = 63
# <execution>-<time>, cut at its beginning to 63 characters (check_data.py)
JOB_NAME = re.compile(rf"(?P<customization>.*)-[0-9a-f]{{{run_names.RUN_ID_LENGTH}}}(-\d+)?-\d{{14}}")


def stop_jobs(bedrock: "BedrockClient", deployment: str, customization: str) -> list[str]:
    """Stop them, as far as that was not asked yet; the ARNs of those that have not ended."""
    running = _jobs(bedrock, "InProgress", deployment, customization)
    for arn in running:
        try:
            bedrock.stop_model_customization_job(jobIdentifier=arn)
        except bedrock.exceptions.ConflictException:
            continue  # it ended in this very moment, or is being stopped: the next look tells
    return sorted({*running, *_jobs(bedrock, "Stopping", deployment, customization)})


def _jobs(
    bedrock: "BedrockClient", status: "FineTuningJobStatusType", deployment: str, customization: str
) -> list[str]:
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(statusEquals=status)
    jobs = [job for page in pages for job in page["modelCustomizationJobSummaries"]]
    named = [job["jobArn"] for job in jobs if _is_of(job["jobName"], customization)]
    return [arn for arn in named if _owner(bedrock, arn) == deployment]


def _is_of(job_name: str, customization: str) -> bool:
    match = JOB_NAME.fullmatch(job_name)
    if match is None:
        return False
    was_cut = len(job_name) >= MAX_JOB_NAME_LENGTH - 1 and customization.endswith(match["customization"])
    return match["customization"] == customization or was_cut


def _owner(bedrock: "BedrockClient", arn: str) -> str | None:
    tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    return {tag["key"]: tag["value"] for tag in tags}.get(DEPLOYMENT_TAG)
