"""Import jobs: InProgress -> Completed | Failed, over scaled time. One thread per job reads the files with its role.

A job cannot be stopped, and EventBridge has no event of it: botocore's model and
https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-eventbridge.html list neither.
"""

import re
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import bedrock, s3

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.clock import in_background, sleep_until
from local_aws.extension.bedrock.customization.job_request import MODEL_NAME, S3_URI
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.model_import import imported_models
from local_aws.extension.bedrock.model_import.model_files import ModelFilesError, ReadModel, read_model
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

# https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model.html
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1")
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9+\-.])*")
MAX_NAME, MAX_URI = 63, 1024
CHECKED, IMPORTED = 0.4, 1.0  # a user's took ten minutes
SUMMARY = (
    *("jobArn", "jobName", "status", "lastModifiedTime", "creationTime", "endTime"),
    *("importedModelArn", "importedModelName"),
)

_jobs: AccountRegionScopedDict = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    """CreateModelImportJob. Raises BedrockError."""
    required(body, "jobName", "importedModelName", "roleArn", "modelDataSource")
    if get_region() not in REGIONS:
        raise BedrockError("ValidationException", f"Custom model import is not supported in {get_region()}")
    _check_request(body)
    job_arn = arn(f"model-import-job/{identifier()}")
    check_trust(body["roleArn"], job_arn)
    job = {"arn": job_arn, "body": body, "started": time.time(), "ended": None, "result": {"status": "InProgress"}}
    _jobs[job_arn] = job
    bedrock._tags[job_arn] = tag_map(body.get("jobTags"))
    in_background(lambda: _run(job))
    return answer({"jobArn": job_arn}, 201)


def get(_: dict[str, str], identifier_: str) -> Response:
    for job in _jobs.values():
        if identifier_ in (job["arn"], job["body"]["jobName"]):
            return answer(_description(job))
    raise BedrockError("ResourceNotFoundException", f"Model import job {identifier_} not found")


def list_jobs(query: dict[str, str]) -> Response:
    views = map(_description, _jobs.values())
    items = [{name: view[name] for name in SUMMARY if name in view} for view in views]
    return answer(listing(query, items, "modelImportJobSummaries", name="jobName", created="creationTime"))


def exists(resource_arn: str) -> bool:
    return resource_arn in _jobs


def _check_request(body: dict[str, Any]) -> None:
    source = (body["modelDataSource"].get("s3DataSource") or {}).get("s3Uri") or ""
    members = (
        ("jobName", JOB_NAME, MAX_NAME, body["jobName"]),
        ("importedModelName", MODEL_NAME, MAX_NAME, body["importedModelName"]),
        ("modelDataSource.s3DataSource.s3Uri", S3_URI, MAX_URI, source),
    )
    for member, pattern, most, value in members:
        if len(value) > most or not pattern.fullmatch(value):
            raise BedrockError(
                "ValidationException",
                f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member "
                f"must satisfy regular expression pattern: {pattern.pattern}",
            )
    if any(job["body"]["jobName"] == body["jobName"] for job in _jobs.values()):
        raise BedrockError("ConflictException", f"A job named {body['jobName']} already exists")
    running = [job["body"]["importedModelName"] for job in _jobs.values() if job["ended"] is None]
    if body["importedModelName"] in running or imported_models.exists(body["importedModelName"]):
        raise BedrockError("ConflictException", f"An imported model named {body['importedModelName']} already exists")


def _run(job: dict[str, Any]) -> None:
    """The job's life, in its own thread."""
    model, result = None, {"status": "Completed"}
    try:
        if faults.is_on(faults.FAILING_JOBS):
            raise ModelFilesError(faults.UNEXPECTED)
        body = job["body"]
        model = read_model(_files(body["modelDataSource"]["s3DataSource"]["s3Uri"], body["roleArn"]))
    except ModelFilesError as error:
        result = {"status": "Failed", "failureMessage": str(error)}
    sleep_until(job["started"], IMPORTED if model else CHECKED, threading.Event())
    if model:
        result["importedModelArn"] = _add(job, model)
    job["result"], job["ended"] = result, time.time()


def _files(uri: str, role: str) -> dict[str, bytes]:
    """The objects directly below the prefix, by name, read with the job's role. Raises ModelFilesError."""
    bucket, prefix = bucket_and_key(uri)
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    listed = role_allows_on(role, "s3:ListBucket", _bucket_arn(role, bucket), {"s3:prefix": prefix})
    if bucket not in s3._buckets or not listed:
        raise ModelFilesError(f"Could not validate ListBucket permissions to access Amazon S3 bucket {bucket}")
    keys = [key for key in s3._buckets[bucket]["objects"] if key.startswith(prefix)]
    names = {key.removeprefix(prefix): key for key in keys if "/" not in key.removeprefix(prefix)}
    for key in names.values():
        if not role_allows(role, "s3:GetObject", f"s3://{bucket}/{key}"):
            raise ModelFilesError(
                f"Could not validate GetObject permissions to access Amazon S3 bucket {bucket} at key {key}"
            )
    return {name: s3._get_object_data(bucket, key) for name, key in names.items()}


def _bucket_arn(role: str, bucket: str) -> str:
    return f"arn:{role.split(':')[1]}:s3:::{bucket}"


def _add(job: dict[str, Any], model: ReadModel) -> str:
    body, model_arn = job["body"], arn(f"imported-model/{identifier()}")
    members: dict[str, Any] = {
        "modelArn": model_arn,
        "modelName": body["importedModelName"],
        "jobName": body["jobName"],
        "jobArn": job["arn"],
        "modelDataSource": body["modelDataSource"],
        "creationTime": iso(time.time()),
        "modelArchitecture": model.architecture,
        "instructSupported": model.answers_converse,
        "customModelUnits": {"customModelUnitsPerModelCopy": model.units, "customModelUnitsVersion": "v1.0"},
    }
    if key := body.get("importedModelKmsKeyId"):
        members["modelKmsKeyArn"] = _key_arn(key)
    imported_models.add(members, tag_map(body.get("importedModelTags")))
    return model_arn


def _description(job: dict[str, Any]) -> dict[str, Any]:
    body, ended = job["body"], job["ended"]
    view: dict[str, Any] = {name: body[name] for name in ("jobName", "importedModelName", "roleArn", "modelDataSource")}
    view |= {"jobArn": job["arn"], "creationTime": iso(job["started"]), "lastModifiedTime": iso(ended or time.time())}
    if key := body.get("importedModelKmsKeyId"):
        view["importedModelKmsKeyArn"] = _key_arn(key)
    if network := body.get("vpcConfig"):
        view["vpcConfig"] = network
    if ended:
        view["endTime"] = iso(ended)
    return view | dict(job["result"])


def _key_arn(key: str) -> str:
    if key.startswith("arn:"):
        return key
    return f"{arn('').split(':bedrock:')[0]}:kms:{get_region()}:{get_account_id()}:key/{key}"
