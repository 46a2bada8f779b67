"""Custom model deployments: Creating -> Active, updated in place, deleted at once; two may be in progress.

CloudFormation has no type for them; ministack has no API. Paths and members follow botocore's service model.
"""

import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

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

CREATING, UPDATING = 1.0, 1.0
IN_PROGRESS_QUOTA = 2
ON_DEMAND_BASES = ("amazon.nova-", "meta.llama3-3-70b")

_deployments = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    required(body, "modelDeploymentName", "modelArn")
    _check_model(body["modelArn"])
    if any(item["name"] == body["modelDeploymentName"] for item in _deployments.values()):
        raise BedrockError("ConflictException", f"A deployment named {body['modelDeploymentName']} already exists")
    if sum(1 for item in _deployments.values() if status(item) == "Creating") >= IN_PROGRESS_QUOTA:
        raise BedrockError("ServiceQuotaExceededException", "Too many custom model deployments are in progress")
    deployment_arn = arn(f"custom-model-deployment/{identifier()}")
    _deployments[deployment_arn] = {
        "arn": deployment_arn,
        "name": body["modelDeploymentName"],
        "model": body["modelArn"],
        "description": body.get("description"),
        "created": time.time(),
        "next": None,
        "updated": None,
    }
    bedrock._tags[deployment_arn] = tag_map(body.get("tags"))
    return answer({"customModelDeploymentArn": deployment_arn}, 202)


def update(identifier_: str, body: dict[str, Any]) -> Response:
    item = find(identifier_)
    required(body, "modelArn")
    _check_model(body["modelArn"])
    if status(item) != "Active" or _updating(item):
        raise BedrockError("ConflictException", f"Deployment {item['name']} is being created or updated")
    item["next"], item["updated"] = body["modelArn"], time.time()
    return answer({"customModelDeploymentArn": item["arn"]}, 202)


def get(identifier_: str) -> Response:
    item = find(identifier_)
    view = {
        "customModelDeploymentArn": item["arn"],
        "modelDeploymentName": item["name"],
        "modelArn": serving_model(item),
        "createdAt": iso(item["created"]),
        "lastUpdatedAt": iso(item["updated"] or item["created"]),
        "status": status(item),
    }
    if item["description"]:
        view["description"] = item["description"]
    if item["next"]:
        state = "Updating" if _updating(item) else "UpdateCompleted"
        view["updateDetails"] = {"modelArn": item["next"], "updateStatus": state}
    return answer(view)


def list_deployments() -> Response:
    summaries = [
        {
            "customModelDeploymentArn": item["arn"],
            "customModelDeploymentName": item["name"],
            "modelArn": serving_model(item),
            "createdAt": iso(item["created"]),
            "status": status(item),
        }
        for item in _deployments.values()
    ]
    return answer({"modelDeploymentSummaries": summaries})


def delete(identifier_: str) -> Response:
    item = find(identifier_)
    if status(item) == "Creating" or _updating(item):
        raise BedrockError("ConflictException", f"Deployment {item['name']} is being created or updated")
    _deployments.pop(item["arn"])
    bedrock._tags.pop(item["arn"], None)
    return answer({})


def find(identifier_: str) -> dict[str, Any]:
    """The deployment with this ARN or name. Raises BedrockError."""
    for item in _deployments.values():
        if identifier_ in (item["arn"], item["name"]):
            found: dict[str, Any] = item
            return found
    raise BedrockError("ResourceNotFoundException", f"Custom model deployment {identifier_} not found")


def status(item: dict[str, Any]) -> str:
    return "Active" if elapsed(item["created"]) > CREATING else "Creating"


def serving_model(item: dict[str, Any]) -> str:
    """The custom model that answers now: the old one until an update is complete."""
    model: str = item["next"] if item["next"] and not _updating(item) else item["model"]
    if model == item["next"]:
        item["model"] = model
    return model


def _updating(item: dict[str, Any]) -> bool:
    return item["updated"] is not None and elapsed(item["updated"]) <= UPDATING


def _check_model(model_arn: str) -> None:
    if model_arn not in bedrock._custom_models:
        raise BedrockError("ResourceNotFoundException", f"Custom model {model_arn} not found")
    base = model_arn.rsplit("custom-model/", 1)[-1]
    if not base.startswith(ON_DEMAND_BASES):
        raise BedrockError("ValidationException", f"On-demand deployment is not supported for {base.split('/')[0]}")
