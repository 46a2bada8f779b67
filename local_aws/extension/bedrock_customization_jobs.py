"""Customization jobs: validation -> data processing -> training -> custom model, over scaled time.

InProgress -> Completed | Failed, or Stopping -> Stopped. States follow from the clock when the job is read; the outputs
(metrics, custom model) are made on the first read after its end.
"""

import fnmatch
import json
import re
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from ministack.core.responses import AccountRegionScopedDict, get_region
from ministack.services import bedrock, iam, s3

from local_aws.extension import bedrock_training
from local_aws.extension.bedrock_answers import (
    BedrockError,
    Response,
    answer,
    arn,
    elapsed,
    identifier,
    iso,
    required,
    tag_map,
)

VALIDATED, PROCESSED, TRAINED = 0.8, 1.6, 4.0
NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9+\-.])*")
MODEL_NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,63}")

_jobs = AccountRegionScopedDict()
_pairs: dict[str, list[tuple[str, str]]] = {}
_lock = threading.RLock()


def create(body: dict[str, Any]) -> Response:
    """CreateModelCustomizationJob. Raises BedrockError."""
    required(body, "jobName", "customModelName", "roleArn", "baseModelIdentifier", "trainingDataConfig")
    required(body, "outputDataConfig")
    base = str(body["baseModelIdentifier"]).rsplit("foundation-model/", 1)[-1]
    _check_request(body, base)
    job_id = identifier()
    job_arn = arn(f"model-customization-job/{base}/{job_id}")
    _jobs[job_arn] = {
        "id": job_id,
        "arn": job_arn,
        "base": base,
        "body": body,
        "started": time.time(),
        "failure": _job_failure(body, base, job_id),
        "stopped": None,
        "model_arn": None,
    }
    bedrock._tags[job_arn] = tag_map(body.get("jobTags"))
    return answer({"jobArn": job_arn}, 201)


def get(identifier_: str) -> Response:
    return answer(_view(_find(identifier_)))


def list_jobs() -> Response:
    views = [_view(job) for job in list(_jobs.values())]
    keys = ("jobArn", "baseModelArn", "jobName", "status", "creationTime", "lastModifiedTime", "endTime")
    more = ("customModelArn", "customModelName", "customizationType", "statusDetails")
    summaries = [{key: view[key] for key in (*keys, *more) if key in view} for view in views]
    summaries.sort(key=lambda view: str(view["creationTime"]), reverse=True)
    return answer({"modelCustomizationJobSummaries": summaries})


def stop(identifier_: str) -> Response:
    job = _find(identifier_)
    if _status(job) != "InProgress":
        raise BedrockError("ConflictException", f"The job is {_status(job)} and cannot be stopped")
    job["stopped"] = time.time()
    return answer({})


def training_pairs(custom_model_arn: str) -> list[tuple[str, str]]:
    """What the custom model was trained on: (question, answer) of each record."""
    return _pairs.get(custom_model_arn, [])


def _check_request(body: dict[str, Any], base: str) -> None:
    if not NAME.fullmatch(body["jobName"]) or not MODEL_NAME.fullmatch(body["customModelName"]):
        raise BedrockError("ValidationException", f"Invalid job or model name: {body['jobName']}")
    if base not in bedrock_training.BASES or bedrock_training.BASES[base][0] != get_region():
        raise BedrockError("ValidationException", f"The provided model identifier {base} is not supported here")
    if any(job["body"]["jobName"] == body["jobName"] for job in _jobs.values()):
        raise BedrockError("ConflictException", f"A job named {body['jobName']} already exists")
    if any(model["modelName"] == body["customModelName"] for model in map(_model, bedrock._custom_models.values())):
        raise BedrockError("ConflictException", f"A custom model named {body['customModelName']} already exists")
    if fault := bedrock_training.check_hyperparameters(base, body.get("hyperParameters") or {}):
        raise BedrockError("ValidationException", fault)
    role = _role(body["roleArn"])
    if role is None or "bedrock.amazonaws.com" not in json.dumps(role.get("AssumeRolePolicyDocument")):
        raise BedrockError("ValidationException", f"Could not assume provided IAM role {body['roleArn']}")


def _job_failure(body: dict[str, Any], base: str, job_id: str) -> str:
    """Read the data with the job's role, as the job's validation does; the reason why it will fail, or nothing."""
    source, target = body["trainingDataConfig"]["s3Uri"], body["outputDataConfig"]["s3Uri"]
    if not role_allows(body["roleArn"], "s3:GetObject", _object_arn(source)):
        return f"Could not validate GetObject permissions to access Amazon S3 object {source}"
    if not role_allows(body["roleArn"], "s3:PutObject", _object_arn(target.rstrip("/") + "/x")):
        return f"Amazon S3 perms missing (PutObject) for {target}"
    bucket, key = _bucket_and_key(source)
    record = s3._buckets.get(bucket)
    if record is None or key not in record["objects"]:
        return f"Training data {source} does not exist"
    try:
        _pairs[job_id] = bedrock_training.read_records(s3._get_object_data(bucket, key) or b"", base)
    except bedrock_training.TrainingDataError as error:
        return str(error)
    return ""


def _view(job: dict[str, Any]) -> dict[str, Any]:
    status = _status(job)
    if status == "Completed":
        _finish(job)
    body = job["body"]
    view = {
        "jobArn": job["arn"],
        "jobName": body["jobName"],
        "outputModelName": body["customModelName"],
        "customModelName": body["customModelName"],
        "clientRequestToken": body.get("clientRequestToken", ""),
        "roleArn": body["roleArn"],
        "status": status,
        "statusDetails": _details(job, status),
        "creationTime": iso(job["started"]),
        "lastModifiedTime": iso(time.time()),
        "baseModelArn": f"arn:aws:bedrock:{get_region()}::foundation-model/{job['base']}",
        "hyperParameters": body.get("hyperParameters") or {},
        "trainingDataConfig": body["trainingDataConfig"],
        "validationDataConfig": body.get("validationDataConfig") or {"validators": []},
        "outputDataConfig": body["outputDataConfig"],
        "customizationType": body.get("customizationType", "FINE_TUNING"),
    }
    if status == "Completed":
        view |= {"outputModelArn": job["model_arn"], "customModelArn": job["model_arn"]}
        view |= {"trainingMetrics": {"trainingLoss": job["loss"]}, "endTime": iso(job["started"] + TRAINED)}
    if status == "Failed":
        view |= {"failureMessage": job["failure"], "endTime": iso(job["started"] + VALIDATED)}
    return view


def _status(job: dict[str, Any]) -> str:
    if job["stopped"]:
        return "Stopped" if elapsed(job["stopped"]) > 1 else "Stopping"
    age = elapsed(job["started"])
    if job["failure"]:
        return "Failed" if age > VALIDATED else "InProgress"
    return "Completed" if age > TRAINED else "InProgress"


def _details(job: dict[str, Any], status: str) -> dict[str, Any]:
    age = elapsed(job["started"])
    ends = {"validationDetails": VALIDATED, "dataProcessingDetails": PROCESSED, "trainingDetails": TRAINED}
    details, begin = {}, 0.0
    for name, end in ends.items():
        state = "Completed" if age > end else "InProgress" if age > begin else "NotStarted"
        if status in ("Failed", "Stopped") and state != "Completed":
            state = status if state == "InProgress" or status == "Stopped" else "NotStarted"
        details[name] = {
            "status": state,
            "creationTime": iso(job["started"] + begin),
            "lastModifiedTime": iso(time.time()),
        }
        begin = end
    return details


def _finish(job: dict[str, Any]) -> None:
    with _lock:
        if job["model_arn"]:
            return
        body, pairs = job["body"], _pairs[job["id"]]
        epochs = int((body.get("hyperParameters") or {}).get("epochCount", "2"))
        metrics, job["loss"] = bedrock_training.metrics_csv(pairs, epochs)
        bucket, key = _bucket_and_key(
            body["outputDataConfig"]["s3Uri"].rstrip("/") + f"/model-customization-job-{job['id']}"
        )
        _put(bucket, f"{key}/training_artifacts/step_wise_training_metrics.csv", metrics)
        report = f"fileName,totalProcessedRecordCount,acceptedRecordCount\ntraining,{len(pairs)},{len(pairs)}\n"
        _put(bucket, f"{key}/input_status/manifest.report.csv", report)
        model_arn = arn(f"custom-model/{job['base']}/{identifier()}")
        bedrock._custom_models[model_arn] = _model_record(job, model_arn)
        bedrock._tags[model_arn] = tag_map(body.get("customModelTags"))
        _pairs[model_arn] = pairs
        job["model_arn"] = model_arn


def _model_record(job: dict[str, Any], model_arn: str) -> dict[str, Any]:
    view = {
        "modelArn": model_arn,
        "modelName": job["body"]["customModelName"],
        "jobName": job["body"]["jobName"],
        "jobArn": job["arn"],
        "baseModelArn": f"arn:aws:bedrock:{get_region()}::foundation-model/{job['base']}",
        "customizationType": job["body"].get("customizationType", "FINE_TUNING"),
        "hyperParameters": job["body"].get("hyperParameters") or {},
        "trainingDataConfig": job["body"]["trainingDataConfig"],
        "outputDataConfig": job["body"]["outputDataConfig"],
        "trainingMetrics": {"trainingLoss": job["loss"]},
        "creationTime": iso(time.time()),
        "modelStatus": "Active",
    }
    return view


def _model(record: dict[str, Any]) -> dict[str, Any]:
    return {key[0].lower() + key[1:]: value for key, value in record.items()}


def get_model(identifier_: str) -> Response:
    """GetCustomModel by ARN or by name."""
    for record in map(_model, bedrock._custom_models.values()):
        if identifier_ in (record["modelArn"], record["modelName"]):
            return answer(record)
    raise BedrockError("ResourceNotFoundException", f"Custom model {identifier_} not found")


def _find(identifier_: str) -> dict[str, Any]:
    for job in _jobs.values():
        if identifier_ in (job["arn"], job["body"]["jobName"]):
            found: dict[str, Any] = job
            return found
    raise BedrockError("ResourceNotFoundException", f"Customization job {identifier_} not found")


def role_allows(role_arn: str, action: str, resource: str) -> bool:
    """Whether an Allow statement of the role's own policies matches; conditions and denials are not looked at."""
    role = _role(role_arn)
    if role is None:
        return False
    documents = [json.loads(text) if isinstance(text, str) else text for text in _policies(role)]
    statements = [statement for document in documents for statement in _list(document.get("Statement"))]
    return any(
        statement.get("Effect") == "Allow"
        and any(fnmatch.fnmatchcase(action, pattern) for pattern in _list(statement.get("Action")))
        and any(fnmatch.fnmatchcase(resource, pattern) for pattern in _list(statement.get("Resource")))
        for statement in statements
    )


def _role(role_arn: str) -> dict[str, Any] | None:
    role: dict[str, Any] | None = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    return role


def _policies(role: dict[str, Any]) -> list[Any]:
    inline = role.get("InlinePolicies") or {}
    return list(inline.values()) if isinstance(inline, dict) else list(inline)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _bucket_and_key(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.netloc, parts.path.lstrip("/")


def _object_arn(uri: str) -> str:
    bucket, key = _bucket_and_key(uri)
    return f"arn:aws:s3:::{bucket}/{key}"


def _put(bucket: str, key: str, text: str) -> None:
    s3._put_object(bucket, key, text.encode(), {})
