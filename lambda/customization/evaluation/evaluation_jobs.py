"""Evaluation jobs that judge the stored answers: one for each model, as a job takes answers of one source.

absent -> create -> InProgress -> Completed | Failed, or Stopping -> Stopped
A job that is complete or runs is found by its name, which has a hash of what is judged: nothing is judged twice.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateEvaluationJob.html
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from customization.evaluation.converse import EvaluationError
from customization.evaluation.judged_answers import Judgeable, Judged, dataset, results_of
from kit_contract.aws_errors import says_absent, says_busy
from kit_contract.evaluation_jobs import METRICS, TASK_TYPE
from kit_contract.runs import Run
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import EvaluationSummaryTypeDef
    from mypy_boto3_s3 import S3Client

LONGEST = timedelta(hours=24)
DATASET = "answers"


class EvaluationJobs:
    """Of one run. `folder` is the prefix of its answers; `role_arn` is what Bedrock assumes."""

    def __init__(
        self, run: Run, folder: str, evaluator: str, role_arn: str, *, bedrock: "BedrockClient", s3: "S3Client"
    ) -> None:
        self._run, self._evaluator, self._role_arn = run, evaluator, role_arn
        self._bedrock, self._s3 = bedrock, s3
        self._bucket = run.specification.bucket
        self._folder = f"{folder}judged/{_hash(evaluator)}/"

    def judged(self, source: str, records: Mapping[str, Judgeable], metrics: Sequence[str]) -> dict[str, Judged] | None:
        """Metric -> scores of the records; None while a job is under way, which is created if there is none.

        Raises EvaluationError with Bedrock's message if the job failed.
        """
        if not records:
            return {name: {} for name in metrics}
        there = self._keys(self._folder)
        missing = [name for name in sorted(metrics) if self._key(source, name) not in there]
        if missing and not self._finish(source, records, missing):
            return None
        return {name: json.loads(self._read(self._key(source, name))) for name in metrics}

    def _finish(self, source: str, records: Mapping[str, Judgeable], metrics: Sequence[str]) -> bool:
        """Whether a job has judged them, and its results are kept."""
        self._require_role()
        content = [self._run.kit_deployment, self._bucket, self._folder, source, *metrics]
        stem = f"evaluation-{self._run.run_id}-{_hash(*content)}"
        own = f"{stem}{_suffix(self._run)}"
        job = self._usable(stem, own)
        if job is None:
            self._create(own, source, records, metrics)
            return False
        if job["status"] == "InProgress":
            self._require_in_time(job)
            return False
        output = f"{self._folder}{job['jobName']}/"
        files = [self._read(key) for key in sorted(self._keys(output)) if key.endswith("_output.jsonl")]
        for name, scores in results_of(files, metrics).items():
            if not scores:
                raise EvaluationError(
                    f"evaluation job {job['jobName']} has no results of {METRICS[name]} at s3://{self._bucket}/{output}"
                    "; delete the job, then start the run again"
                )
            self._write(self._key(source, name), json.dumps(scores).encode())
        return True

    def _usable(self, stem: str, own: str) -> "EvaluationSummaryTypeDef | None":
        """One that is complete, else one that runs, of any execution. Raises EvaluationError if this execution's own
        ended without results: another execution begins anew.
        """
        pages = self._bedrock.get_paginator("list_evaluation_jobs").paginate(nameContains=stem)
        found = [job for page in pages for job in page.get("jobSummaries", []) if job["jobName"].startswith(stem)]
        for status in ("Completed", "InProgress"):
            if usable := [job for job in found if job["status"] == status]:
                return usable[0]
        if ended := [job for job in found if job["jobName"] == own]:
            job = self._bedrock.get_evaluation_job(jobIdentifier=ended[0]["jobArn"])
            reasons = "; ".join(job.get("failureMessages", [])) or "Bedrock gives no reason"
            raise EvaluationError(f"evaluation job {own} is {job['status']}: {reasons}")
        return None

    def _create(self, name: str, source: str, records: Mapping[str, Judgeable], metrics: Sequence[str]) -> None:
        key = f"{self._folder}{name}/{DATASET}.jsonl"
        self._write(key, dataset(records.values(), source))
        tags = {DEPLOYMENT_TAG: self._run.kit_deployment, ALIAS_TAG: self._run.specification.alias}
        evaluated: Any = {
            "taskType": TASK_TYPE,
            "dataset": {"name": DATASET, "datasetLocation": {"s3Uri": f"s3://{self._bucket}/{key}"}},
            "metricNames": [METRICS[name] for name in metrics],
        }
        self._bedrock.create_evaluation_job(
            jobName=name,
            clientRequestToken=name,
            roleArn=self._role_arn,
            applicationType="ModelEvaluation",
            jobTags=[{"key": key, "value": value} for key, value in tags.items()],
            evaluationConfig={
                "automated": {
                    "datasetMetricConfigs": [evaluated],
                    "evaluatorModelConfig": {"bedrockEvaluatorModels": [{"modelIdentifier": self._evaluator}]},
                }
            },
            inferenceConfig={"models": [{"precomputedInferenceSource": {"inferenceSourceIdentifier": source}}]},
            # Bedrock adds a folder with the job's name.
            outputDataConfig={"s3Uri": f"s3://{self._bucket}/{self._folder}"},
        )

    def _require_role(self) -> None:
        """It goes with the last [...evaluation.bedrock_job], and so does the right to ask about jobs."""
        if not self._role_arn:
            raise EvaluationError(
                f"{self._run.specification.customization}.evaluation.bedrock_job was removed from deployment.toml "
                "while its jobs were due; the model is kept: deploy again to go by the settings there"
            )

    def _require_in_time(self, job: "EvaluationSummaryTypeDef") -> None:
        if datetime.now(UTC) - job["creationTime"] < LONGEST:
            return
        stop(job["jobArn"], self._bedrock)
        hours = LONGEST // timedelta(hours=1)
        raise EvaluationError(f"evaluation job {job['jobName']} was not done after {hours} hours, and was stopped")

    def _key(self, source: str, metric: str) -> str:
        return f"{self._folder}{source}-{metric}.json"

    def _keys(self, prefix: str) -> set[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def _read(self, key: str) -> bytes:
        return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def _write(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")


def stop_jobs(run: Run, bedrock: "BedrockClient") -> list[str]:
    """Stop what an execution that ended has left running. Returns the names."""
    pages = bedrock.get_paginator("list_evaluation_jobs").paginate(nameContains=run.run_id, statusEquals="InProgress")
    jobs = [job for page in pages for job in page.get("jobSummaries", []) if job["jobName"].endswith(_suffix(run))]
    for job in jobs:
        stop(job["jobArn"], bedrock)
    return [job["jobName"] for job in jobs]


def stop(job_arn: str, bedrock: "BedrockClient") -> None:
    """It may have ended meanwhile."""
    try:
        bedrock.stop_evaluation_job(jobIdentifier=job_arn)
    except Exception as error:
        if not says_absent(error) and not says_busy(error):
            raise


def _suffix(run: Run) -> str:
    return f"-{run.token[:8]}"


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:10]
