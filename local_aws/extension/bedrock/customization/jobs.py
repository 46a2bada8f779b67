"""Customization jobs: validation -> data processing -> training -> custom model, over scaled time.

InProgress -> Completed | Failed, or Stopping -> Stopped. One thread per job reads the data with the job's role, waits
for its end on Bedrock's clock, writes the outputs, adds the custom model and emits the event.
"""

import json
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_region
from ministack.services import bedrock, eventbridge, s3

from local_aws.extension.bedrock import custom_models, faults
from local_aws.extension.bedrock.clock import in_background, sleep_until
from local_aws.extension.bedrock.customization import job_request
from local_aws.extension.bedrock.customization.base_models import BASES, LEGACY
from local_aws.extension.bedrock.customization.distillation import DISTILLATION
from local_aws.extension.bedrock.customization.fine_tuning import FINE_TUNING
from local_aws.extension.bedrock.customization.job_description import (
    TRAINED,
    VALIDATED,
    custom_model_members,
    description,
    output_folder,
    status,
)
from local_aws.extension.bedrock.customization.method import Method
from local_aws.extension.bedrock.customization.reinforcement import REINFORCEMENT
from local_aws.extension.bedrock.customization.training_records import Pairs, TrainingDataError
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.responses import (
    BedrockError,
    Response,
    answer,
    arn,
    identifier,
    required,
    tag_map,
)
from local_aws.extension.bedrock.service_roles import bucket_and_key, check_trust

STOPPING = 1.0
# Members of GetModelCustomizationJob that a list's summary lacks.
DETAILED = (
    *("hyperParameters", "trainingDataConfig", "validationDataConfig", "outputDataConfig", "roleArn"),
    *("customizationConfig", "vpcConfig", "outputModelKmsKeyArn"),
)

_jobs = AccountRegionScopedDict()
_pairs: dict[str, Pairs] = {}
# By customizationType. Others have no base model that takes them (CONTINUED_PRE_TRAINING).
METHODS: dict[str, Method] = {
    "FINE_TUNING": FINE_TUNING,
    "DISTILLATION": DISTILLATION,
    "REINFORCEMENT_FINE_TUNING": REINFORCEMENT,
}


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
        "hyperparameters": _resolved_hyperparameters(base, body),
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
    return answer(description(_find(identifier_)))


def list_jobs(query: dict[str, str]) -> Response:
    items = [{key: view[key] for key in view if key not in DETAILED} for view in map(description, _jobs.values())]
    member = "modelCustomizationJobSummaries"
    return answer(listing(query, items, member, name="jobName", created="creationTime"))


def stop(_: dict[str, Any], identifier_: str) -> Response:
    """StopModelCustomizationJob; a second call changes nothing. Raises BedrockError."""
    job = _find(identifier_)
    if (state := status(job)) in ("Completed", "Failed"):
        raise BedrockError("ConflictException", f"The job is {state} and cannot be stopped")
    job["stopped"] = job["stopped"] or time.time()
    job["stop"].set()
    return answer({})


def exists(resource_arn: str) -> bool:
    return resource_arn in _jobs


def inherit_pairs(copy_arn: str, source_arn: str) -> None:
    """A copy answers as its source does."""
    _pairs[copy_arn] = _pairs.get(source_arn, [])


def training_pairs(custom_model_arn: str) -> list[tuple[str, str]]:
    """The (question, answer) pairs that the custom model was trained on."""
    return _pairs.get(custom_model_arn, [])


def _base(model: str) -> str:
    """The customization id behind a foundation model's or a custom model's id, name or ARN."""
    if custom_models.exists(model):
        return custom_models.base_of(custom_models.find(model))
    return model.rsplit("foundation-model/", 1)[-1]


def _check_request(body: dict[str, Any], base: str) -> None:
    if fault := job_request.check_request(body):
        raise BedrockError("ValidationException", fault)
    if base not in BASES or BASES[base][0] != get_region():
        raise BedrockError("ValidationException", f"The provided model identifier {base} is not supported here")
    if base.startswith(LEGACY):
        raise BedrockError("ValidationException", f"The model {base} is in the Legacy state and cannot be customized")
    kind = body.get("customizationType") or "FINE_TUNING"
    if kind not in METHODS:
        raise BedrockError("ValidationException", f"The customization type {kind} is not supported for {base}")
    if any(job["body"]["jobName"] == body["jobName"] for job in _jobs.values()):
        raise BedrockError("ConflictException", f"A job named {body['jobName']} already exists")
    running = [job["body"]["customModelName"] for job in _jobs.values() if job["ended"] is None]
    if body["customModelName"] in running or custom_models.exists(body["customModelName"]):
        raise BedrockError("ConflictException", f"A custom model named {body['customModelName']} already exists")
    if fault := METHODS[kind].check(body, base):
        raise BedrockError("ValidationException", fault)


def _run(job: dict[str, Any]) -> None:
    """The job's life, in its own thread."""
    result: dict[str, Any]
    try:
        if faults.is_on(faults.FAILING_JOBS):
            raise TrainingDataError(faults.UNEXPECTED)
        files = _method(job).read(job)
    except TrainingDataError as error:
        files, result = {}, _failed(error)
    if not sleep_until(job["started"], TRAINED if files else VALIDATED, job["stop"]):
        sleep_until(job["stopped"], STOPPING, threading.Event())
        result = {"status": "Stopped"}
    elif files:
        try:
            result = _complete(job, files)
        except TrainingDataError as error:
            result = _failed(error)
    job["result"], job["ended"] = result, time.time()
    _emit(job)


def _failed(error: Exception) -> dict[str, Any]:
    return {"status": "Failed", "failureMessage": str(error)}


def _method(job: dict[str, Any]) -> Method:
    return METHODS[job["body"].get("customizationType") or "FINE_TUNING"]


def _resolved_hyperparameters(base: str, body: dict[str, Any]) -> dict[str, str]:
    """Those of the map; the other methods have theirs in customizationConfig, or none."""
    if (body.get("customizationType") or "FINE_TUNING") != "FINE_TUNING":
        return {}
    return job_request.resolved_hyperparameters(base, body.get("hyperParameters") or {})


def _complete(job: dict[str, Any], files: dict[str, list[Pairs]]) -> dict[str, Any]:
    """Write the outputs and add the custom model. Returns the members that only a Completed job has."""
    records = next(iter(files.values()))
    outputs, metrics = _method(job).train(job, files)
    bucket, prefix = bucket_and_key(job["body"]["outputDataConfig"]["s3Uri"])
    for path, text in outputs.items():
        s3._put_object(bucket, f"{prefix.rstrip('/')}/{output_folder(job)}/{path}".lstrip("/"), text.encode(), {})
    model_arn = arn(f"custom-model/{job['base']}/{identifier()}")
    _pairs[model_arn] = [pair for record in records for pair in record]
    custom_models.add(model_arn, custom_model_members(job, model_arn) | metrics, job["body"].get("customModelTags"))
    return {"status": "Completed", "outputModelArn": model_arn, "customModelArn": model_arn, **metrics}


def _emit(job: dict[str, Any]) -> None:
    view = description(job)
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
