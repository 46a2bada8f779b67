"""Model copy jobs: InProgress -> Completed, with a custom model of its own in this Region, or Failed.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateModelCopyJob.html: called where the copy is to be.
"""

import re
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.extension.bedrock import custom_models, faults
from local_aws.extension.bedrock.clock import in_background, sleep_until
from local_aws.extension.bedrock.customization.job_request import MODEL_NAME
from local_aws.extension.bedrock.customization.jobs import inherit_pairs
from local_aws.extension.bedrock.elsewhere import source_model
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, arn, identifier, iso, required

COPYING = 2.0
SOURCE = re.compile(
    r"arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:custom-model/"
    r"((imported)|([a-z0-9-]{1,63}[.]{1}[a-z0-9-]{1,63}))(([:][a-z0-9-]{1,63}){0,2})?/[a-z0-9]{12}"
)

_jobs = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    """CreateModelCopyJob. Raises BedrockError."""
    required(body, "sourceModelArn", "targetModelName")
    _check(body)
    source = source_model(body["sourceModelArn"])
    base = str(body["sourceModelArn"]).split(":custom-model/")[1].rsplit("/", 1)[0]
    job_arn, started = arn(f"model-copy-job/{identifier()}"), time.time()
    view = {
        "jobArn": job_arn,
        "status": "InProgress",
        "creationTime": iso(started),
        "targetModelArn": arn(f"custom-model/{base}/{identifier()}"),
        "targetModelName": body["targetModelName"],
        "sourceAccountId": body["sourceModelArn"].split(":")[4],
        "sourceModelArn": body["sourceModelArn"],
        "sourceModelName": source["modelName"],
        "targetModelTags": body.get("targetModelTags") or [],
        **({"targetModelKmsKeyArn": body["modelKmsKeyId"]} if body.get("modelKmsKeyId") else {}),
    }
    _jobs[job_arn] = view
    in_background(lambda: _run(view, source, started))
    return answer({"jobArn": job_arn}, 201)


def get(_: dict[str, str], job_arn: str) -> Response:
    if job_arn not in _jobs:
        raise BedrockError("ResourceNotFoundException", f"Model copy job {job_arn} not found")
    return answer(_jobs[job_arn])


def list_jobs(query: dict[str, str]) -> Response:
    names = {"outputModelNameContains": "nameContains", "sourceModelArnEquals": "modelArnEquals"}  # on the wire
    wanted = {names.get(name, name): value for name, value in query.items()}
    items = [view for view in _jobs.values() if query.get("sourceAccountEquals") in (None, view["sourceAccountId"])]
    return answer(
        listing(
            wanted,
            items,
            "modelCopyJobSummaries",
            name="targetModelName",
            created="creationTime",
            model="sourceModelArn",
        )
    )


def _check(body: dict[str, Any]) -> None:
    for member, pattern in (("sourceModelArn", SOURCE), ("targetModelName", MODEL_NAME)):
        if not pattern.fullmatch(str(body[member])):
            raise BedrockError(
                "ValidationException",
                f"1 validation error detected: Value '{body[member]}' at '{member}' failed to satisfy constraint: "
                f"Member must satisfy regular expression pattern: {pattern.pattern}",
            )
    name = body["targetModelName"]
    busy = [job["targetModelName"] for job in _jobs.values() if job["status"] == "InProgress"]
    if name in busy or custom_models.exists(name):
        raise BedrockError("ValidationException", f"A custom model named {name} already exists")


def _run(view: dict[str, Any], source: dict[str, Any], started: float) -> None:
    sleep_until(started, COPYING, threading.Event())
    if faults.is_on(faults.FAILING_JOBS):
        view |= {"status": "Failed", "failureMessage": faults.UNEXPECTED}
        return
    shared: dict[str, Any] = {
        name: source[name] for name in ("baseModelArn", "customizationType", "hyperParameters") if name in source
    }
    members: dict[str, Any] = {
        **shared,
        "modelArn": view["targetModelArn"],
        "modelName": view["targetModelName"],
        "creationTime": iso(time.time()),
        "modelStatus": "Active",
    }
    if key := view.get("targetModelKmsKeyArn"):
        members["modelKmsKeyArn"] = key
    inherit_pairs(view["targetModelArn"], view["sourceModelArn"])
    custom_models.add(view["targetModelArn"], members, view["targetModelTags"])
    view["status"] = "Completed"
