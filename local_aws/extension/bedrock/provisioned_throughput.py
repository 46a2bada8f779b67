"""Provisioned throughput: Creating -> InService -> Updating -> InService, with commitments and a quota of model units.

KIT_PT_QUOTA is the account's quota of model units: 2 by default, 0 in a new AWS account.
"""

import os
import re
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

from local_aws.extension.bedrock import custom_models
from local_aws.extension.bedrock.client_tokens import forget
from local_aws.extension.bedrock.clock import elapsed, moment
from local_aws.extension.bedrock.customization.base_models import LEGACY, NOT_PROVISIONED
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.responses import (
    BedrockError,
    Response,
    answer,
    arn,
    foundation_model_arn,
    identifier,
    iso,
    required,
    tag_map,
)

CREATING, UPDATING = 1.5, 1.0
DAY_SECONDS = 86_400
COMMITMENT_DAYS = {"OneMonth": 30, "SixMonths": 183}
NAME = re.compile(r"([0-9a-zA-Z][_-]?)+")
CONTEXT_SUFFIX = re.compile(r":\d+k$")  # only ids with their context length can be provisioned

_throughputs = AccountRegionScopedDict()


def create(body: dict[str, Any]) -> Response:
    """CreateProvisionedModelThroughput. Raises BedrockError."""
    required(body, "modelUnits", "provisionedModelName", "modelId")
    _check_name(body["provisionedModelName"])
    commitment, units = body.get("commitmentDuration"), body["modelUnits"]
    if commitment is not None and commitment not in COMMITMENT_DAYS:
        raise BedrockError("ValidationException", f"commitmentDuration must be OneMonth or SixMonths, got {commitment}")
    if not isinstance(units, int) or units < 1:
        raise BedrockError("ValidationException", f"modelUnits must be 1 or more, got {units}")
    model = _model_arn(body["modelId"])
    if _base(model).startswith(LEGACY):
        raise BedrockError("ValidationException", f"The model {_base(model)} is in the Legacy state")
    _check_quota(units, model, commitment)
    throughput_arn = arn(f"provisioned-model/{identifier()}")
    _throughputs[throughput_arn] = {
        "arn": throughput_arn,
        "name": body["provisionedModelName"],
        "units": units,
        "model": model,
        "next": model,
        "commitment": commitment,
        "created": time.time(),
        "updated": None,
        "changed": None,
    }
    bedrock._tags[throughput_arn] = tag_map(body.get("tags"))
    return answer({"provisionedModelArn": throughput_arn}, 201)


def update(body: dict[str, Any], identifier_: str) -> Response:
    """UpdateProvisionedModelThroughput: changes the name or the custom model, of the same base. Raises BedrockError."""
    item = find(identifier_)
    if status(item) != "InService":
        raise BedrockError("ValidationException", f"{item['name']} is {status(item)} and cannot be updated")
    name, wanted = body.get("desiredProvisionedModelName"), body.get("desiredModelId")
    if not name and not wanted:
        raise BedrockError("ValidationException", "desiredProvisionedModelName or desiredModelId is required")
    if name and name != item["name"]:
        _check_name(name)
    if wanted:
        _check_swap(item, model := _model_arn(wanted))
        item["model"], item["next"], item["updated"] = item["next"], model, time.time()
    item["name"], item["changed"] = name or item["name"], time.time()
    return answer({})


def get(_: dict[str, str], identifier_: str) -> Response:
    return answer(_view(find(identifier_)))


def list_throughputs(query: dict[str, str]) -> Response:
    items = [_view(item) for item in _throughputs.values()]
    member = "provisionedModelSummaries"
    return answer(listing(query, items, member, name="provisionedModelName", created="creationTime"))


def delete(_: dict[str, Any], identifier_: str) -> Response:
    item = find(identifier_)
    if status(item) != "InService":
        raise BedrockError("ConflictException", f"{item['name']} is {status(item)} and cannot be deleted")
    if item["commitment"] and time.time() < _expiry(item):
        raise BedrockError("ConflictException", f"{item['name']} has a commitment until {iso(_expiry(item))}")
    _throughputs.pop(item["arn"])
    bedrock._tags.pop(item["arn"], None)
    forget(item["arn"])
    return answer({})


def find(identifier_: str) -> dict[str, Any]:
    """The provisioned throughput with this ARN or name. Raises BedrockError."""
    for item in _throughputs.values():
        if identifier_ in (item["arn"], item["name"]):
            found: dict[str, Any] = item
            return found
    raise BedrockError("ResourceNotFoundException", f"Provisioned throughput {identifier_} not found")


def units_allowed() -> int:
    return int(os.environ.get("KIT_PT_QUOTA", "2"))


def exists(resource_arn: str) -> bool:
    return resource_arn in _throughputs


def names_serving(model_arn: str) -> list[str]:
    """The names of the throughputs that serve this custom model, or will after their update."""
    return [item["name"] for item in _throughputs.values() if model_arn in (item["next"], serving_model(item))]


def status(item: dict[str, Any]) -> str:
    if elapsed(item["created"]) <= CREATING:
        return "Creating"
    return "Updating" if item["updated"] and elapsed(item["updated"]) <= UPDATING else "InService"


def serving_model(item: dict[str, Any]) -> str:
    """The model that answers now: the previous one until the update completes."""
    model: str = item["model"] if status(item) == "Updating" else item["next"]
    return model


def _view(item: dict[str, Any]) -> dict[str, Any]:
    changed = item["changed"] or min(moment(item["created"], CREATING), time.time())
    view = {
        "provisionedModelArn": item["arn"],
        "provisionedModelName": item["name"],
        "modelUnits": item["units"],
        "desiredModelUnits": item["units"],
        "modelArn": serving_model(item),
        "desiredModelArn": item["next"],
        "foundationModelArn": foundation_model_arn(_base(item["next"])),
        "status": status(item),
        "creationTime": iso(item["created"]),
        "lastModifiedTime": iso(changed),
    }
    if item["commitment"]:
        view |= {"commitmentDuration": item["commitment"], "commitmentExpirationTime": iso(_expiry(item))}
    return view


def _expiry(item: dict[str, Any]) -> float:
    return float(item["created"] + COMMITMENT_DAYS[item["commitment"]] * DAY_SECONDS)


def _check_name(name: str) -> None:
    if len(name) > 63 or not NAME.fullmatch(name):
        raise BedrockError("ValidationException", f"provisionedModelName must match {NAME.pattern}, got {name}")
    if any(item["name"] == name for item in _throughputs.values()):
        raise BedrockError("ValidationException", f"The name {name} is already in use")


def _check_quota(units: int, model: str, commitment: str | None) -> None:
    used = sum(item["units"] for item in _throughputs.values())
    quota = units_allowed()
    if used + units > quota:
        kind = "commitment" if commitment else "no commitment"
        raise BedrockError(
            "ServiceQuotaExceededException",
            f"Your account does not currently have any {kind} model units reserved for {_base(model)}"
            if not quota
            else f"{units} model units were requested; {used} of the account's {quota} are in use",
        )


def _check_swap(item: dict[str, Any], model: str) -> None:
    if ":custom-model/" not in item["next"]:
        raise BedrockError("ValidationException", "The model of a base model's provisioned throughput cannot change")
    if _base(model) != _base(item["next"]):
        raise BedrockError("ValidationException", f"The desired model must be based on {_base(item['next'])}")


def _model_arn(model: str) -> str:
    plain = model.rsplit("foundation-model/", 1)[-1]
    known = {entry[0] for entry in bedrock._CATALOG}
    if CONTEXT_SUFFIX.sub("", plain) in known:
        if not CONTEXT_SUFFIX.search(plain) or plain.startswith(NOT_PROVISIONED):
            raise BedrockError("ValidationException", f"Provisioned Throughput is not supported for {plain}")
        return foundation_model_arn(plain)
    found = custom_models.find(model)
    if custom_models.base_of(found).startswith(NOT_PROVISIONED):
        raise BedrockError("ValidationException", f"Provisioned Throughput is not supported for {plain}")
    custom: str = found["modelArn"]
    return custom


def _base(model_arn: str) -> str:
    return model_arn.rsplit("foundation-model/", 1)[-1].rsplit("custom-model/", 1)[-1].split("/")[0]
