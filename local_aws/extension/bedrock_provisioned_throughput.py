"""Provisioned throughput: Creating -> InService, Updating in place, commitments, a quota of model units."""

import os
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_region
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

CREATING, UPDATING = 1.5, 1.0
COMMITMENT_DAYS = {"OneMonth": 30, "SixMonths": 183}
DAY_SECONDS = 86_400

_throughputs = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    required(body, "modelUnits", "provisionedModelName", "modelId")
    if any(item["name"] == body["provisionedModelName"] for item in _throughputs.values()):
        raise BedrockError("ValidationException", f"The name {body['provisionedModelName']} is already in use")
    used = sum(item["units"] for item in _throughputs.values())
    if used + body["modelUnits"] > int(os.environ.get("KIT_PT_QUOTA", "2")):
        raise BedrockError(
            "ServiceQuotaExceededException",
            "Your account does not currently have any no commitment model units reserved for this model",
        )
    model = _model_arn(body["modelId"])
    throughput_arn = arn(f"provisioned-model/{identifier()}")
    _throughputs[throughput_arn] = {
        "arn": throughput_arn,
        "name": body["provisionedModelName"],
        "units": body["modelUnits"],
        "model": model,
        "next": model,
        "commitment": body.get("commitmentDuration"),
        "created": time.time(),
        "updated": None,
    }
    bedrock._tags[throughput_arn] = tag_map(body.get("tags"))
    return answer({"provisionedModelArn": throughput_arn}, 201)


def update(identifier_: str, body: dict[str, Any]) -> Response:
    item = find(identifier_)
    if status(item) != "InService":
        raise BedrockError("ConflictException", f"{item['name']} is {status(item)} and cannot be updated")
    if body.get("desiredModelId"):
        model = _model_arn(body["desiredModelId"])
        if _base(model) != _base(item["model"]) or ":custom-model/" not in item["model"]:
            raise BedrockError("ValidationException", "The desired model must be of the same base model")
        item["model"], item["next"], item["updated"] = item["next"], model, time.time()
    item["name"] = body.get("desiredProvisionedModelName") or item["name"]
    return answer({})


def get(identifier_: str) -> Response:
    return answer(_view(find(identifier_)))


def list_throughputs() -> Response:
    return answer({"provisionedModelSummaries": [_view(item) for item in _throughputs.values()]})


def delete(identifier_: str) -> Response:
    item = find(identifier_)
    if status(item) == "Updating":
        raise BedrockError("ConflictException", f"{item['name']} is being updated")
    if item["commitment"] and time.time() < _expiry(item):
        raise BedrockError("ConflictException", f"{item['name']} has a commitment until {iso(_expiry(item))}")
    _throughputs.pop(item["arn"])
    bedrock._tags.pop(item["arn"], None)
    return answer({})


def find(identifier_: str) -> dict[str, Any]:
    """The provisioned throughput with this ARN or name. Raises BedrockError."""
    for item in _throughputs.values():
        if identifier_ in (item["arn"], item["name"]):
            found: dict[str, Any] = item
            return found
    raise BedrockError("ResourceNotFoundException", f"Provisioned throughput {identifier_} not found")


def status(item: dict[str, Any]) -> str:
    if elapsed(item["created"]) <= CREATING:
        return "Creating"
    return "Updating" if item["updated"] and elapsed(item["updated"]) <= UPDATING else "InService"


def serving_model(item: dict[str, Any]) -> str:
    """The model that answers now: traffic keeps flowing to the old one during a swap."""
    model: str = item["model"] if status(item) == "Updating" else item["next"]
    return model


def _view(item: dict[str, Any]) -> dict[str, Any]:
    view = {
        "provisionedModelArn": item["arn"],
        "provisionedModelName": item["name"],
        "modelUnits": item["units"],
        "desiredModelUnits": item["units"],
        "modelArn": serving_model(item),
        "desiredModelArn": item["next"],
        "foundationModelArn": f"arn:aws:bedrock:{get_region()}::foundation-model/{_base(item['next'])}",
        "status": status(item),
        "creationTime": iso(item["created"]),
        "lastModifiedTime": iso(item["updated"] or item["created"]),
    }
    if item["commitment"]:
        view |= {"commitmentDuration": item["commitment"], "commitmentExpirationTime": iso(_expiry(item))}
    return view


def _expiry(item: dict[str, Any]) -> float:
    return float(item["created"] + COMMITMENT_DAYS[item["commitment"]] * DAY_SECONDS)


def _model_arn(model: str) -> str:
    if ":custom-model/" in model:
        if model not in bedrock._custom_models:
            raise BedrockError("ResourceNotFoundException", f"Custom model {model} not found")
        return model
    return f"arn:aws:bedrock:{get_region()}::foundation-model/{model.rsplit('foundation-model/', 1)[-1]}"


def _base(model_arn: str) -> str:
    return model_arn.rsplit("custom-model/", 1)[-1].split("/")[0].rsplit("foundation-model/", 1)[-1]
