"""Bedrock's evaluation jobs in the account: finds, starts, follows and stops them, and reads their output.

absent -> create -> InProgress -> Completed | Failed, or Stopping -> Stopped
Rights: bedrock:CreateEvaluationJob, Get-, List- and StopEvaluationJob, bedrock:TagResource, iam:PassRole on the role of
the jobs, s3:PutObject, s3:GetObject and s3:ListBucket on their folder.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kit.knowledge.bedrock_jobs import Job
from kit_contract.aws_errors import says_absent, says_busy
from kit_contract.errors import ExternalError

PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
RUNS, DONE = "InProgress", "Completed"
OUTPUT = "_output.jsonl"


@dataclass(frozen=True)
class Found:
    """`status` is empty for a job that is not there yet. `name` is what it has or will have."""

    job: Job
    name: str
    status: str = ""
    arn: str = ""

    @property
    def to_start(self) -> bool:
        return not self.status


def found(job: Job, bedrock: Any, *, again: bool) -> Found:
    """The latest attempt that is done or runs. `again`: a new one in any case."""
    pages = bedrock.get_paginator("list_evaluation_jobs").paginate(nameContains=job.stem)
    known = [item for page in pages for item in page.get("jobSummaries", [])]
    attempts = {number: item for item in known if (number := job.attempt(item["jobName"]))}
    for status in () if again else (DONE, RUNS):
        for number in sorted(attempts, reverse=True):
            if attempts[number]["status"] == status:
                return Found(job, attempts[number]["jobName"], status, attempts[number]["jobArn"])
    return Found(job, job.name(max(attempts, default=0) + 1))


def started(one: Found, bedrock: Any, s3: Any) -> Found:
    """Writes the questions and creates the job. A repeated call creates one job."""
    place, key = one.job.place, one.job.dataset_key(one.name)
    s3.put_object(Bucket=place.bucket, Key=key, Body=one.job.questions, ContentType="application/jsonl")
    answer = bedrock.create_evaluation_job(**one.job.request(one.name))
    return Found(one.job, one.name, RUNS, answer["jobArn"])


def follow(
    jobs: Sequence[Found], bedrock: Any, say: Callable[[int, int], None], *, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Until all have ended. Raises ExternalError with Bedrock's reasons for those that are not complete."""
    waiting = {one.name: one.arn for one in jobs if one.status == RUNS}
    failed, pause = [], PAUSE_SECONDS
    while waiting:
        say(len(jobs) - len(waiting), len(jobs))
        sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        for name, arn in list(waiting.items()):
            answer = bedrock.get_evaluation_job(jobIdentifier=arn)
            if answer["status"] in (RUNS, "Stopping"):
                continue
            del waiting[name]
            if answer["status"] != DONE:
                reasons = "; ".join(answer.get("failureMessages", [])) or "Bedrock gives no reason"
                failed.append(f"evaluation job {name} is {answer['status']}: {reasons}")
    say(len(jobs), len(jobs))
    if failed:
        raise ExternalError(
            "\n".join(failed) + "\nthe same command starts these again, and takes the results of the others as they are"
        )


def stop(jobs: Sequence[Found], bedrock: Any) -> list[str]:
    """Returns the names of those that ran."""
    names = []
    for one in jobs:
        if one.status != RUNS:
            continue
        try:
            bedrock.stop_evaluation_job(jobIdentifier=one.arn)
            names.append(one.name)
        except Exception as error:  # it may have ended meanwhile
            if not says_absent(error) and not says_busy(error):
                raise
    return names


def output_of(one: Found, s3: Any) -> list[bytes]:
    """The files of a complete job. Raises ExternalError if there is none."""
    prefix = f"{one.job.place.folder}{one.name}/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=one.job.place.bucket, Prefix=prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", []) if item["Key"].endswith(OUTPUT)]
    if not keys:
        raise ExternalError(
            f"evaluation job {one.name} is complete, but s3://{one.job.place.bucket}/{prefix} has no results of it; "
            "--again has it judged anew, which is billed"
        )
    return [s3.get_object(Bucket=one.job.place.bucket, Key=key)["Body"].read() for key in sorted(keys)]
