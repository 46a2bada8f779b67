"""One job for one content: a second customization with the same run waits for the first one's model.

Both jobs would be paid for: the two are copies in deployment.toml, or one is the other under its new name. Whoever
creates a job claims the run before, in an object that S3 lets one of two writers write.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customization.conditional_write import write_if
from customization.existing_model import owner_of
from kit_contract import run_names
from kit_contract.errors import RetryLaterError
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client

# Between a claim and its job are seconds; a job that could not be created must not keep others waiting.
CLAIM_ENDS = timedelta(minutes=10)


class SameContentBusyError(RetryLaterError):
    """When another customization trains this content. The workflow retries by the name of this class."""


def claim_run(run: Run, *, bedrock: "BedrockClient", s3: "S3Client", now: datetime) -> None:
    """From now on this customization may create the run's job. Raises SameContentBusyError."""
    own, bucket, key = run.specification.customization, run.specification.bucket, run_names.claim_key(run.run_id)
    if others := _jobs_of_others(run, bedrock):
        raise SameContentBusyError(f"{own} waits for the model of the same content that {others[0]} trains")
    body = json.dumps({"customization": own, "claimed_at": now.isoformat(timespec="seconds")}).encode()
    if write_if(s3, bucket, key, body, IfNoneMatch="*"):
        return
    found = s3.get_object(Bucket=bucket, Key=key)
    claim = json.loads(found["Body"].read())
    is_fresh = now - datetime.fromisoformat(claim["claimed_at"]) < CLAIM_ENDS
    if claim["customization"] != own and is_fresh:
        raise SameContentBusyError(f"{own} waits for {claim['customization']}, which has the same content")
    if not write_if(s3, bucket, key, body, IfMatch=found["ETag"]):
        raise SameContentBusyError(f"{own} waits for another customization with the same content")


def _jobs_of_others(run: Run, bedrock: "BedrockClient") -> list[str]:
    own = run.specification.customization
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(
        nameContains=run.run_id, statusEquals="InProgress"
    )
    jobs = [job for page in pages for job in page["modelCustomizationJobSummaries"]]
    theirs = [job for job in jobs if not run_names.is_job_of(job["jobName"], run.kit_deployment, own)]
    return [job["jobName"] for job in theirs if owner_of(bedrock, job["jobArn"]) == run.kit_deployment]
