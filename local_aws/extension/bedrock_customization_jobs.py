"""Customization jobs: validation -> data processing -> training -> custom model, over scaled time.

InProgress -> Completed | Failed, or Stopping -> Stopped. A thread per job reads the data with the job's role, waits for
its end on Bedrock's clock, writes the outputs, makes the custom model and emits the event. What a reader sees between
follows from the clock.
"""

import json
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_region
from ministack.services import bedrock, eventbridge, s3

from local_aws.extension import bedrock_training as training
from local_aws.extension.bedrock_answers import BedrockError, Response, answer, arn, identifier, iso, required, tag_map
from local_aws.extension.bedrock_clock import in_background, sleep_until, stages
from local_aws.extension.bedrock_custom_model_deployments import add_model, base_of, find_model, has_model
from local_aws.extension.bedrock_custom_model_deployments import get_model as _get_model
from local_aws.extension.bedrock_tokens import listing
from local_aws.extension.bedrock_training import TrainingDataError
from local_aws.extension.service_roles import bucket_and_key, check_trust, role_allows

VALIDATED, PROCESSED, TRAINED, STOPPING = 0.8, 1.6, 4.0, 1.0
STAGES = {"validationDetails": VALIDATED, "dataProcessingDetails": PROCESSED, "trainingDetails": TRAINED}
# members of a job that its summary in a list does not have
DETAILED = ("hyperParameters", "trainingDataConfig", "validationDataConfig", "outputDataConfig", "roleArn")

_jobs = AccountRegionScopedDict()
_pairs: dict[str, training.Pairs] = {}


def create(body: dict[str, Any]) -> Response:
    """CreateModelCustomizationJob. Raises BedrockError."""
    required(body, "jobName", "customModelName", "roleArn", "baseModelIdentifier")
    required(body, "trainingDataConfig", "outputDataConfig")
    base = _base(str(body["baseModelIdentifier"]))
    job_id = identifier()
    job_arn = arn(f"model-customization-job/{base}/{job_id}")
    _check_request(body, base)
    check_trust(body["roleArn"], job_arn)
    job = {
        "id": job_id,
        "arn": job_arn,
        "base": base,
        "body": body,
        "hyperparameters": training.resolved_hyperparameters(base, body.get("hyperParameters") or {}),
        "started": time.time(),
        "stop": threading.Event(),
        "stopped": None,
        "ended": None,
        "result": {"status": "InProgress"},
    }
    _jobs[job_arn] = job
    bedrock._tags[job_arn] = tag_map(body.get("jobTags"))
    in_background(lambda: _run(job))
    return answer({"jobArn": job_arn}, 201)


def get(_: dict[str, str], identifier_: str) -> Response:
    return answer(_view(_find(identifier_)))


def list_jobs(query: dict[str, str]) -> Response:
    items = [{key: view[key] for key in view if key not in DETAILED} for view in map(_view, _jobs.values())]
    member = "modelCustomizationJobSummaries"
    return answer(listing(query, items, member, name="jobName", created="creationTime"))


def stop(_: dict[str, Any], identifier_: str) -> Response:
    """StopModelCustomizationJob; a second call changes nothing. Raises BedrockError."""
    job = _find(identifier_)
    status = _status(job)
    if status in ("Completed", "Failed"):
        raise BedrockError("ConflictException", f"The job is {status} and cannot be stopped")
    job["stopped"] = job["stopped"] or time.time()
    job["stop"].set()
    return answer({})


def exists(resource_arn: str) -> bool:
    return resource_arn in _jobs


def training_pairs(custom_model_arn: str) -> list[tuple[str, str]]:
    """What the custom model was trained on: (question, answer) of each turn."""
    return _pairs.get(custom_model_arn, [])


def get_model(identifier_: str) -> Response:
    """GetCustomModel by ARN or by name."""
    return _get_model({}, identifier_)


def _base(model: str) -> str:
    """The customization id behind a foundation model's or a custom model's id, name or ARN."""
    return base_of(find_model(model)) if has_model(model) else model.rsplit("foundation-model/", 1)[-1]


def _check_request(body: dict[str, Any], base: str) -> None:
    if fault := training.check_request(body):
        raise BedrockError("ValidationException", fault)
    if base not in training.BASES or training.BASES[base][0] != get_region():
        raise BedrockError("ValidationException", f"The provided model identifier {base} is not supported here")
    kind = body.get("customizationType") or "FINE_TUNING"
    if kind != "FINE_TUNING":
        raise BedrockError("ValidationException", f"The customization type {kind} is not supported for {base}")
    if any(job["body"]["jobName"] == body["jobName"] for job in _jobs.values()):
        raise BedrockError("ConflictException", f"A job named {body['jobName']} already exists")
    running = [job["body"]["customModelName"] for job in _jobs.values() if job["ended"] is None]
    if body["customModelName"] in running or has_model(body["customModelName"]):
        raise BedrockError("ConflictException", f"A custom model named {body['customModelName']} already exists")
    if fault := training.check_hyperparameters(base, body.get("hyperParameters") or {}):
        raise BedrockError("ValidationException", fault)


def _run(job: dict[str, Any]) -> None:
    """The job's life, in its own thread."""
    result: dict[str, Any]
    try:
        files = _read_files(job)
    except TrainingDataError as error:
        files, result = {}, {"status": "Failed", "failureMessage": str(error)}
    if not sleep_until(job["started"], TRAINED if files else VALIDATED, job["stop"]):
        sleep_until(job["stopped"], STOPPING, threading.Event())
        result = {"status": "Stopped"}
    elif files:
        result = _complete(job, files)
    job["result"], job["ended"] = result, time.time()
    _emit(job)


def _read_files(job: dict[str, Any]) -> dict[str, list[training.Pairs]]:
    """The records of the training file and of every validation file, by URI. Raises TrainingDataError."""
    body, base = job["body"], job["base"]
    source, target = body["trainingDataConfig"]["s3Uri"], body["outputDataConfig"]["s3Uri"]
    files = {uri: _read_file(uri, body["roleArn"], base) for uri in (source, *training.validators(body))}
    if not role_allows(body["roleArn"], "s3:PutObject", f"{target.rstrip('/')}/{_folder(job)}"):
        raise TrainingDataError(f"Amazon S3 perms missing (PutObject) for {target}")
    if bucket_and_key(target)[0] not in s3._buckets:
        raise TrainingDataError(f"Amazon S3 perms missing (PutObject) for {target}: the bucket does not exist")
    training.check_count(len(files[source]), sum(map(len, files.values())) - len(files[source]), base)
    return files


def _read_file(uri: str, role: str, base: str) -> list[training.Pairs]:
    bucket, key = bucket_and_key(uri)
    content = s3._get_object_data(bucket, key)
    if content is None or not role_allows(role, "s3:GetObject", uri):
        raise TrainingDataError(
            f"Could not validate GetObject permissions to access Amazon S3 bucket {bucket} at key {key}"
            + (": the object does not exist" if content is None else "")
        )
    try:
        return training.read_records(content, base)
    except TrainingDataError as error:
        raise TrainingDataError(f"Unable to parse Amazon S3 file: {uri}: {error}") from None


def _complete(job: dict[str, Any], files: dict[str, list[training.Pairs]]) -> dict[str, Any]:
    """Write the outputs, make the custom model; the members that a Completed job has more than others."""
    records = next(iter(files.values()))
    outputs, metrics = training.outputs(files, int(job["hyperparameters"]["epochCount"]))
    bucket, prefix = bucket_and_key(job["body"]["outputDataConfig"]["s3Uri"])
    for path, text in outputs.items():
        s3._put_object(bucket, f"{prefix.rstrip('/')}/{_folder(job)}/{path}".lstrip("/"), text.encode(), {})
    model_arn = arn(f"custom-model/{job['base']}/{identifier()}")
    _pairs[model_arn] = [pair for record in records for pair in record]
    add_model(model_arn, _model(job, model_arn) | metrics, job["body"].get("customModelTags"))
    return {"status": "Completed", "outputModelArn": model_arn, "customModelArn": model_arn, **metrics}


def _shared(job: dict[str, Any]) -> dict[str, Any]:
    """The members that a job and its model have in common."""
    return {
        "jobArn": job["arn"],
        "jobName": job["body"]["jobName"],
        "baseModelArn": f"arn:aws:bedrock:{get_region()}::foundation-model/{job['base']}",
        "customizationType": job["body"].get("customizationType") or "FINE_TUNING",
        "hyperParameters": job["hyperparameters"],
        "trainingDataConfig": job["body"]["trainingDataConfig"],
        "validationDataConfig": job["body"].get("validationDataConfig") or {"validators": []},
        "outputDataConfig": job["body"]["outputDataConfig"],
    }


def _model(job: dict[str, Any], model_arn: str) -> dict[str, Any]:
    own = {"modelArn": model_arn, "modelName": job["body"]["customModelName"], "creationTime": iso(time.time())}
    return _shared(job) | own | {"modelStatus": "Active"}


def _view(job: dict[str, Any]) -> dict[str, Any]:
    view = _shared(job) | {
        "outputModelName": job["body"]["customModelName"],
        "customModelName": job["body"]["customModelName"],
        "clientRequestToken": job["body"].get("clientRequestToken") or job["id"],
        "roleArn": job["body"]["roleArn"],
        "status": _status(job),
        "statusDetails": _details(job),
        "creationTime": iso(job["started"]),
        "lastModifiedTime": iso(job["ended"] or job["stopped"] or time.time()),
    }
    return view | job["result"] | {"endTime": iso(job["ended"])} if job["ended"] else view


def _status(job: dict[str, Any]) -> str:
    return "Stopping" if job["stopped"] and not job["ended"] else str(job["result"]["status"])


def _details(job: dict[str, Any]) -> dict[str, Any]:
    details = {}
    states = stages(STAGES, job["started"], _status(job), job["stopped"] or job["ended"])
    for name, (state, begun) in states.items():
        details[name] = {"status": state}
        if begun:
            details[name] |= {"creationTime": iso(begun), "lastModifiedTime": iso(job["ended"] or time.time())}
    return details


def _emit(job: dict[str, Any]) -> None:
    view = _view(job)
    detail = {name: view[name] for name in view if name not in ("status", "statusDetails", "clientRequestToken")}
    entry = {
        "Source": "aws.bedrock",
        "DetailType": "Model Customization Job State Change",
        "Detail": json.dumps({"version": "0.0", "jobStatus": view["status"], **detail}),
        "Resources": [job["arn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _find(identifier_: str) -> dict[str, Any]:
    for job in _jobs.values():
        if identifier_ in (job["arn"], job["body"]["jobName"]):
            found: dict[str, Any] = job
            return found
    raise BedrockError("ResourceNotFoundException", f"Customization job {identifier_} not found")


def _folder(job: dict[str, Any]) -> str:
    return f"model-customization-job-{job['id']}"
