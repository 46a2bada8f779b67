"""Evaluation jobs over scaled time: the records are judged one by one, and the results are written to S3.

InProgress -> Completed | Failed, or Stopping -> Stopped; then, deleted, Deleting -> absent. One thread per job.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-report-s3.html has the place of the results.
"""

import json
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock, s3

from kit_contract.evaluation_jobs import TASK_TYPE
from kit_contract.rag_evaluation_jobs import APPLICATION
from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.client_tokens import forget
from local_aws.extension.bedrock.clock import in_background, sleep_until
from local_aws.extension.bedrock.evaluation import job_request, rag_request, rag_results
from local_aws.extension.bedrock.evaluation.answer_records import DatasetError, Record, read_records
from local_aws.extension.bedrock.evaluation.judge import invoked_arn, judged
from local_aws.extension.bedrock.evaluation.rag_records import read_conversations
from local_aws.extension.bedrock.invocation import resolve
from local_aws.extension.bedrock.listing import MAX_PAGE, listing
from local_aws.extension.bedrock.responses import (
    BedrockError,
    Response,
    answer,
    arn,
    identifier,
    iso,
    required,
    tag_map,
)
from local_aws.extension.bedrock.service_roles import bucket_and_key, check_trust, role_allows, role_allows_on

LASTS, STOPPING, DELETING = 1.2, 0.5, 0.5
MOST_LISTED = 5  # EvaluationSummaries in botocore
ENDED = ("Completed", "Failed", "Stopped")
PERMISSION_CHECK = "amazon-bedrock-evaluations-permission-check"
# Seen by a user whose quota was too low for the judge.
THROTTLED = "Encountered throttling exception while serving the request for model {}"

_jobs = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    """CreateEvaluationJob. Raises BedrockError."""
    required(body, "jobName", "roleArn", "evaluationConfig", "inferenceConfig", "outputDataConfig")
    if fault := job_request.check_request(body):
        raise BedrockError("ValidationException", fault)
    if any(job["body"]["jobName"] == body["jobName"] for job in _jobs.values()):
        raise BedrockError("ConflictException", f"An evaluation job named {body['jobName']} already exists")
    job_id = identifier()
    job_arn = arn(f"evaluation-job/{job_id}")
    check_trust(body["roleArn"], job_arn)
    resolve(job_request.evaluator_of(body))
    job = {
        "id": job_id,
        "arn": job_arn,
        "body": body,
        "started": time.time(),
        "stop": threading.Event(),
        "stopped": None,
        "ended": None,
        "status": "InProgress",
        "failure": "",
    }
    _jobs[job_arn] = job
    bedrock._tags[job_arn] = tag_map(body.get("jobTags"))
    in_background(lambda: _run(job))
    return answer({"jobArn": job_arn}, 202)


def get(_: dict[str, str], job_arn: str) -> Response:
    job = _find(job_arn)
    body = job["body"]
    view = {name: body[name] for name in ("roleArn", "evaluationConfig", "inferenceConfig", "outputDataConfig")}
    view |= {name: body[name] for name in ("jobDescription", "customerEncryptionKeyId") if body.get(name)}
    failure = {"failureMessages": [job["failure"]]} if job["failure"] else {}
    return answer(_summary(job) | view | {"lastModifiedTime": iso(job["ended"] or job["started"])} | failure)


def list_jobs(query: dict[str, str]) -> Response:
    """ListEvaluationJobs, in pages of five. An empty list is left out."""
    wanted = query.get("applicationTypeEquals")
    views = [_summary(job) | {"evaluationTaskTypes": [TASK_TYPE]} for job in _jobs.values()]
    items = [view for view in views if wanted in (None, view["applicationType"])]
    most = query.get("maxResults") or str(MOST_LISTED)
    page = str(MOST_LISTED) if most.isdigit() and MOST_LISTED < int(most) <= MAX_PAGE else most
    found = listing({**query, "maxResults": page}, items, "jobSummaries", name="jobName", created="creationTime")
    return answer({name: value for name, value in found.items() if value})


def stop(_: dict[str, Any], job_arn: str) -> Response:
    job = _find(job_arn)
    if _status(job) in (*ENDED, "Deleting"):
        raise BedrockError("ConflictException", f"Evaluation job {job_arn} is {_status(job)} and cannot be stopped")
    job["stopped"] = job["stopped"] or time.time()
    job["stop"].set()
    return answer({})


def batch_delete(body: dict[str, Any]) -> Response:
    """BatchDeleteEvaluationJob: those that have ended; the others are errors of the answer."""
    required(body, "jobIdentifiers")
    errors, deleted = [], []
    for job_arn in body["jobIdentifiers"]:
        job = _jobs.get(job_arn)
        if job is None:
            errors.append({"jobIdentifier": job_arn, "code": "404", "message": "Evaluation job not found"})
        elif _status(job) not in ENDED:
            message = f"Evaluation job is {_status(job)}: stop it first"
            errors.append({"jobIdentifier": job_arn, "code": "409", "message": message})
        else:
            job["status"] = "Deleting"
            deleted.append({"jobIdentifier": job_arn, "jobStatus": "Deleting"})
            in_background(lambda gone=job: _remove(gone))  # type: ignore[misc]
    return answer({"errors": errors, "evaluationJobs": deleted}, 202)


def exists(resource_arn: str) -> bool:
    return resource_arn in _jobs


def _remove(job: dict[str, Any]) -> None:
    sleep_until(time.time(), DELETING, threading.Event())
    _jobs.pop(job["arn"], None)
    bedrock._tags.pop(job["arn"], None)
    forget(job["arn"])


def _run(job: dict[str, Any]) -> None:
    """The job's life, in its own thread."""
    results: dict[str, list[dict[str, Any]]] = {}
    failure = ""
    try:
        results = _judged(job)
    except DatasetError as error:
        failure = str(error)
    stopped = not sleep_until(job["started"], LASTS, job["stop"])
    if stopped:
        sleep_until(job["stopped"], STOPPING, threading.Event())
    elif not failure:
        _write(job, results)
    job["status"], job["ended"] = "Stopped" if stopped else "Failed" if failure else "Completed", time.time()
    job["failure"] = "" if stopped else failure


def _judged(job: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Dataset's name -> its results, one for each record. Raises DatasetError."""
    body, evaluator = job["body"], job_request.evaluator_of(job["body"])
    _check_role(job, evaluator)
    results_of = _of_knowledge_base if _is_rag(body) else _of_answers
    return {
        config["dataset"]["name"]: results_of(job, config, evaluator)
        for config in job_request.automated(body)["datasetMetricConfigs"]
    }


def _of_answers(job: dict[str, Any], config: dict[str, Any], evaluator: str) -> list[dict[str, Any]]:
    records = read_records(_content(config, job["body"]), job_request.source_of(job["body"]))
    return [_result(job, record, evaluator, config["metricNames"]) for record in records]


def _of_knowledge_base(job: dict[str, Any], config: dict[str, Any], evaluator: str) -> list[dict[str, Any]]:
    body, metrics = job["body"], config["metricNames"]
    rag_results.check_role(body)
    records = read_conversations(_content(config, body), answers=rag_request.answers(body), metrics=metrics)
    return [rag_results.result(body, turns, evaluator, metrics) for turns in records if not job["stop"].is_set()]


def _is_rag(body: dict[str, Any]) -> bool:
    return bool(body.get("applicationType") == APPLICATION)


def _check_role(job: dict[str, Any], evaluator: str) -> None:
    role, output = job["body"]["roleArn"], job["body"]["outputDataConfig"]["s3Uri"].rstrip("/")
    place = f"{output}/{job['body']['jobName']}/{PERMISSION_CHECK}"
    if bucket_and_key(place)[0] not in s3._buckets or not role_allows(role, "s3:PutObject", place):
        raise DatasetError(f"Unable to write to the output location {output}: check the permissions of the role {role}")
    _put(place, b"")
    invoked = invoked_arn(evaluator)
    if not role_allows_on(role, "bedrock:InvokeModel", invoked):
        raise DatasetError(f"The role {role} is not authorized to perform: bedrock:InvokeModel on resource: {invoked}")
    if faults.is_on(faults.FAILING_EVALUATIONS):
        raise DatasetError(THROTTLED.format(evaluator))


def _content(config: dict[str, Any], body: dict[str, Any]) -> bytes:
    uri = config["dataset"]["datasetLocation"]["s3Uri"]
    content: bytes | None = s3._get_object_data(*bucket_and_key(uri))
    if content is None or not role_allows(body["roleArn"], "s3:GetObject", uri):
        raise DatasetError(f"Unable to read the prompt dataset {uri}: check that it exists, and the role's permissions")
    return content


def _result(job: dict[str, Any], record: Record, evaluator: str, metrics: list[str]) -> dict[str, Any]:
    scores = [] if job["stop"].is_set() else [judged(evaluator, record, metric) for metric in metrics]
    return {
        "automatedEvaluationResult": {"scores": scores},
        "inputRecord": record,
        "modelResponses": record["modelResponses"],
    }


def _write(job: dict[str, Any], results: dict[str, list[dict[str, Any]]]) -> None:
    body = job["body"]
    folder = f"{body['outputDataConfig']['s3Uri'].rstrip('/')}/{body['jobName']}/{job['id']}"
    for name, items in results.items():
        of_answers = f"models/{job_request.source_of(body)}/taskTypes/{TASK_TYPE}/datasets/{name}"
        place = f"{folder}/{rag_results.PLACE.format(name) if _is_rag(body) else of_answers}"
        text = "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
        _put(f"{place}/{identifier(32)}_output.jsonl", text.encode())


def _put(uri: str, content: bytes) -> None:
    bucket, key = bucket_and_key(uri)
    s3._put_object(bucket, key, content, {})


def _summary(job: dict[str, Any]) -> dict[str, Any]:
    body = job["body"]
    return {
        "jobArn": job["arn"],
        "jobName": body["jobName"],
        "status": _status(job),
        "creationTime": iso(job["started"]),
        "jobType": "Automated",
        "applicationType": body.get("applicationType") or "ModelEvaluation",
    }


def _status(job: dict[str, Any]) -> str:
    return "Stopping" if job["stopped"] and not job["ended"] else str(job["status"])


def _find(job_arn: str) -> dict[str, Any]:
    job: dict[str, Any] | None = _jobs.get(job_arn)
    if job is None:
        raise BedrockError("ResourceNotFoundException", f"Evaluation job {job_arn} not found")
    return job
