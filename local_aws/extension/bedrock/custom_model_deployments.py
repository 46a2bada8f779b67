"""Custom model deployments: Creating -> Active, updated in place, Deleting -> gone.

ministack lacks this API. Paths and members follow botocore's service model, which does not list the status Deleting:
https://docs.aws.amazon.com/nova/latest/userguide/delete-custom-model-deployment.html
"""

from typing import Any

from local_aws.extension.bedrock import custom_models
from local_aws.extension.bedrock.customization.base_models import ON_DEMAND
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, iso, required
from local_aws.extension.bedrock.served_models import Item, ServedModels

IN_PROGRESS_QUOTA = 2

STORE = ServedModels("Custom model deployment", "custom-model-deployment", creating=1.0)


def create(body: dict[str, Any]) -> Response:
    """CreateCustomModelDeployment. Raises BedrockError."""
    required(body, "modelDeploymentName", "modelArn")
    name = str(body["modelDeploymentName"])
    _check_model(body["modelArn"])
    STORE.check_name("modelDeploymentName", name)
    _check_quota()
    created = STORE.add(name, body["modelArn"], body.get("tags"), description=body.get("description"))
    return answer({"customModelDeploymentArn": created}, 202)


def update(body: dict[str, Any], identifier: str) -> Response:
    """UpdateCustomModelDeployment: another model behind the same ARN. Raises BedrockError."""
    item = STORE.find(identifier)
    required(body, "modelArn")
    _check_model(body["modelArn"])
    _check_idle(item)
    STORE.swap(item, body["modelArn"])
    return answer({"customModelDeploymentArn": item["arn"]}, 202)


def get(_: dict[str, str], identifier: str) -> Response:
    item = STORE.find(identifier)
    view = _summary(item) | {"modelDeploymentName": item["name"]}
    del view["customModelDeploymentName"]
    if item["description"]:
        view["description"] = item["description"]
    if item["updated"]:
        state = "Updating" if STORE.is_updating(item) else "UpdateCompleted"
        view["updateDetails"] = {"modelArn": item["next"], "updateStatus": state}
    return answer(view)


def list_deployments(query: dict[str, str]) -> Response:
    items = [_summary(item) for item in STORE.all()]
    member = "modelDeploymentSummaries"
    return answer(listing(query, items, member, name="customModelDeploymentName", created="createdAt"))


def delete(_: dict[str, Any], identifier: str) -> Response:
    item = STORE.find(identifier)
    _check_idle(item)
    STORE.remove_later(item)
    return answer({})


def status(item: Item) -> str:
    if STORE.is_deleting(item):
        return "Deleting"
    return "Creating" if STORE.is_creating(item) else "Active"


def _summary(item: Item) -> dict[str, Any]:
    return {
        "customModelDeploymentArn": item["arn"],
        "customModelDeploymentName": item["name"],
        "modelArn": STORE.serving(item),
        "createdAt": iso(item["created"]),
        "lastUpdatedAt": STORE.changed(item),
        "status": status(item),
    }


def _is_busy(item: Item) -> bool:
    return STORE.is_creating(item) or STORE.is_updating(item)


def _check_idle(item: Item) -> None:
    """An update reports this as ValidationException, because it lists no ConflictException."""
    if _is_busy(item) or STORE.is_deleting(item):
        raise BedrockError("ConflictException", f"Deployment {item['name']} is being created, updated or deleted")


def _check_quota() -> None:
    if sum(map(_is_busy, STORE.all())) >= IN_PROGRESS_QUOTA:
        raise BedrockError(
            "ServiceQuotaExceededException",
            f"The limit of {IN_PROGRESS_QUOTA} custom model deployments in progress is reached; try again later",
        )


def _check_model(model_arn: str) -> None:
    custom_models.require_active(model_arn)
    base = custom_models.base_of(custom_models.find(model_arn))
    if not base.startswith(ON_DEMAND):
        raise BedrockError("ValidationException", f"On-demand deployment is not supported for {base}")
