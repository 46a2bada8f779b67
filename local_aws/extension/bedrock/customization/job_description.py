"""What GetModelCustomizationJob and GetCustomModel say of a job: states by the clock, then the job's result."""

import time
from typing import Any

from local_aws.extension.bedrock.clock import stages
from local_aws.extension.bedrock.responses import foundation_model_arn, iso

VALIDATED, PROCESSED, TRAINED = 0.8, 1.6, 4.0
STAGES = {"validationDetails": VALIDATED, "dataProcessingDetails": PROCESSED, "trainingDetails": TRAINED}


def _shared(job: dict[str, Any]) -> dict[str, Any]:
    """The members that a job and its model have in common."""
    return {
        "jobArn": job["arn"],
        "jobName": job["body"]["jobName"],
        "baseModelArn": foundation_model_arn(job["base"]),
        "customizationType": job["body"].get("customizationType") or "FINE_TUNING",
        "hyperParameters": job["hyperparameters"],
        "trainingDataConfig": job["body"]["trainingDataConfig"],
        "validationDataConfig": job["body"].get("validationDataConfig") or {"validators": []},
        "outputDataConfig": job["body"]["outputDataConfig"],
        **{name: job["body"][name] for name in ("customizationConfig", "vpcConfig") if job["body"].get(name)},
    }


def custom_model_members(job: dict[str, Any], model_arn: str) -> dict[str, Any]:
    own = {"modelArn": model_arn, "modelName": job["body"]["customModelName"], "creationTime": iso(time.time())}
    key = job["body"].get("customModelKmsKeyId")
    shared = {name: value for name, value in _shared(job).items() if name != "vpcConfig"}
    return shared | own | {"modelStatus": "Active"} | ({"modelKmsKeyArn": key} if key else {})


def description(job: dict[str, Any]) -> dict[str, Any]:
    view = _shared(job) | {
        "outputModelName": job["body"]["customModelName"],
        "customModelName": job["body"]["customModelName"],
        "clientRequestToken": job["body"].get("clientRequestToken") or job["id"],
        "roleArn": job["body"]["roleArn"],
        "status": status(job),
        "statusDetails": _details(job),
        "creationTime": iso(job["started"]),
        "lastModifiedTime": iso(job["ended"] or job["stopped"] or time.time()),
    }
    if key := job["body"].get("customModelKmsKeyId"):
        view["outputModelKmsKeyArn"] = key
    return view | job["result"] | {"endTime": iso(job["ended"])} if job["ended"] else view


def status(job: dict[str, Any]) -> str:
    return "Stopping" if job["stopped"] and not job["ended"] else str(job["result"]["status"])


def _details(job: dict[str, Any]) -> dict[str, Any]:
    details = {}
    states = stages(STAGES, job["started"], status(job), job["stopped"] or job["ended"])
    for name, (state, begun) in states.items():
        details[name] = {"status": state}
        if begun:
            details[name] |= {"creationTime": iso(begun), "lastModifiedTime": iso(job["ended"] or time.time())}
    return details


def output_folder(job: dict[str, Any]) -> str:
    return f"model-customization-job-{job['id']}"
