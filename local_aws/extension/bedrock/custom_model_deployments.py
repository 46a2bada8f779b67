"""Custom model deployments: Creating -> Active, updated in place, deleted at once.

ministack lacks this API. Paths and members follow botocore's service model.
"""

import re
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

from local_aws.extension.bedrock import custom_models
from local_aws.extension.bedrock.client_tokens import forget
from local_aws.extension.bedrock.clock import elapsed, moment
from local_aws.extension.bedrock.customization.base_models import ON_DEMAND
from local_aws.extension.bedrock.listing import listing
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

CREATING, UPDATING = 1.0, 1.0
IN_PROGRESS_QUOTA = 2
NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,63}")

_deployments = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    """CreateCustomModelDeployment. Raises BedrockError."""
    required(body, "modelDeploymentName", "modelArn")
    name = str(body["modelDeploymentName"])
    if len(name) > 63 or not NAME.fullmatch(name):
        raise BedrockError("ValidationException", f"modelDeploymentName must match {NAME.pattern}, got {name}")
    _check_model(body["modelArn"])
    if any(item["name"] == name for item in _deployments.values()):
        raise BedrockError("ValidationException", f"A custom model deployment named {name} already exists")
    _check_quota()
    deployment_arn = arn(f"custom-model-deployment/{identifier()}")
    _deployments[deployment_arn] = {
        "arn": deployment_arn,
        "name": name,
        "model": body["modelArn"],
        "description": body.get("description"),
        "created": time.time(),
        "next": None,
        "updated": None,
    }
    bedrock._tags[deployment_arn] = tag_map(body.get("tags"))
    return answer({"customModelDeploymentArn": deployment_arn}, 202)


def update(body: dict[str, Any], identifier_: str) -> Response:
    """UpdateCustomModelDeployment: another model behind the same ARN. Raises BedrockError."""
    item = find(identifier_)
    required(body, "modelArn")
    _check_model(body["modelArn"])
    if _busy(item):
        raise BedrockError("ValidationException", f"Deployment {item['name']} is being created or updated")
    item["model"] = serving_model(item)
    item["next"], item["updated"] = body["modelArn"], time.time()
    return answer({"customModelDeploymentArn": item["arn"]}, 202)


def get(_: dict[str, str], identifier_: str) -> Response:
    item = find(identifier_)
    view = _summary(item) | {"modelDeploymentName": item["name"]}
    del view["customModelDeploymentName"]
    if item["description"]:
        view["description"] = item["description"]
    if item["next"]:
        state = "Updating" if _updating(item) else "UpdateCompleted"
        view["updateDetails"] = {"modelArn": item["next"], "updateStatus": state}
    return answer(view)


def list_deployments(query: dict[str, str]) -> Response:
    items = [_summary(item) for item in _deployments.values()]
    member = "modelDeploymentSummaries"
    return answer(listing(query, items, member, name="customModelDeploymentName", created="createdAt"))


def delete(_: dict[str, Any], identifier_: str) -> Response:
    item = find(identifier_)
    if _busy(item):
        raise BedrockError("ConflictException", f"Deployment {item['name']} is being created or updated")
    _deployments.pop(item["arn"])
    bedrock._tags.pop(item["arn"], None)
    forget(item["arn"])
    return answer({})


def find(identifier_: str) -> dict[str, Any]:
    """The deployment with this ARN or name. Raises BedrockError."""
    for item in _deployments.values():
        if identifier_ in (item["arn"], item["name"]):
            found: dict[str, Any] = item
            return found
    raise BedrockError("ResourceNotFoundException", f"Custom model deployment {identifier_} not found")


def exists(resource_arn: str) -> bool:
    return resource_arn in _deployments


def names_serving(model_arn: str) -> list[str]:
    """The names of the deployments that serve this custom model, or will after their update."""
    return [item["name"] for item in _deployments.values() if model_arn in (item["model"], item["next"])]


def status(item: dict[str, Any]) -> str:
    return "Active" if elapsed(item["created"]) > CREATING else "Creating"


def serving_model(item: dict[str, Any]) -> str:
    """The custom model that answers now: the previous one until the update completes."""
    model: str = item["next"] if item["next"] and not _updating(item) else item["model"]
    return model


def _summary(item: dict[str, Any]) -> dict[str, Any]:
    changed = moment(item["updated"], UPDATING) if item["updated"] else moment(item["created"], CREATING)
    return {
        "customModelDeploymentArn": item["arn"],
        "customModelDeploymentName": item["name"],
        "modelArn": serving_model(item),
        "createdAt": iso(item["created"]),
        "lastUpdatedAt": iso(min(changed, time.time())),
        "status": status(item),
    }


def _busy(item: dict[str, Any]) -> bool:
    return status(item) == "Creating" or _updating(item)


def _updating(item: dict[str, Any]) -> bool:
    return item["updated"] is not None and elapsed(item["updated"]) <= UPDATING


def _check_quota() -> None:
    if sum(1 for item in _deployments.values() if _busy(item)) >= IN_PROGRESS_QUOTA:
        raise BedrockError(
            "ServiceQuotaExceededException",
            f"The limit of {IN_PROGRESS_QUOTA} custom model deployments in progress is reached; try again later",
        )


def _check_model(model_arn: str) -> None:
    base = custom_models.base_of(custom_models.find(model_arn))
    if not base.startswith(ON_DEMAND):
        raise BedrockError("ValidationException", f"On-demand deployment is not supported for {base}")
