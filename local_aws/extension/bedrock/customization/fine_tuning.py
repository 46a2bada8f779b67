"""FINE_TUNING: pairs of questions and answers; one bad record fails the job."""

from typing import Any

from local_aws.extension.bedrock.customization import job_outputs, job_request, training_records
from local_aws.extension.bedrock.customization.method import Files, Job, Method, Results, check_output, parsed


def check(body: dict[str, Any], base: str) -> str:
    if body.get("customizationConfig"):
        return "customizationConfig is not supported for the customization type FINE_TUNING"
    if not body["trainingDataConfig"].get("s3Uri"):
        return "trainingDataConfig.s3Uri is required for the customization type FINE_TUNING"
    return job_request.check_hyperparameters(base, body.get("hyperParameters") or {})


def read(job: Job) -> Files:
    body, base = job["body"], job["base"]
    source = body["trainingDataConfig"]["s3Uri"]
    files = {
        uri: parsed(uri, body["roleArn"], lambda content: training_records.read_records(content, base))
        for uri in (source, *job_request.validators(body))
    }
    check_output(job)
    training_records.check_count(len(files[source]), sum(map(len, files.values())) - len(files[source]), base)
    return files


def train(job: Job, files: Files) -> Results:
    return job_outputs.outputs(files, int(job["hyperparameters"]["epochCount"]))


FINE_TUNING = Method(check, read, train)
