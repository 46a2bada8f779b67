"""Provisioned throughput: Creating -> InService -> Updating -> InService, with commitments and a quota of model units.

KIT_PT_QUOTA is the account's quota of model units: 2 by default, 0 in a new AWS account.
"""

import os
import re
import time
from typing import Any

from ministack.services import bedrock

from local_aws.extension.bedrock import custom_models
from local_aws.extension.bedrock.customization.base_models import LEGACY, NOT_PROVISIONED
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, foundation_model_arn, iso, required
from local_aws.extension.bedrock.served_models import Item, ServedModels

DAY_SECONDS = 86_400
COMMITMENT_DAYS = {"OneMonth": 30, "SixMonths": 183}
CONTEXT_SUFFIX = re.compile(r":\d+k$")  # only ids with their context length can be provisioned

STORE = ServedModels("Provisioned throughput", "provisioned-model", creating=1.5)


def create(body: dict[str, Any]) -> Response:
    """CreateProvisionedModelThroughput. Raises BedrockError."""
    required(body, "modelUnits", "provisionedModelName", "modelId")
    STORE.check_name("provisionedModelName", body["provisionedModelName"])
    commitment, units = body.get("commitmentDuration"), body["modelUnits"]
    if commitment is not None and commitment not in COMMITMENT_DAYS:
        raise BedrockError("ValidationException", f"commitmentDuration must be OneMonth or SixMonths, got {commitment}")
    if not isinstance(units, int) or units < 1:
        raise BedrockError("ValidationException", f"modelUnits must be 1 or more, got {units}")
    model = _model_arn(body["modelId"])
    if _base(model).startswith(LEGACY):
        raise BedrockError("ValidationException", f"The model {_base(model)} is in the Legacy state")
    _check_quota(units, model, commitment)
    settings = {"units": units, "commitment": commitment, "changed": None}
    created = STORE.add(body["provisionedModelName"], model, body.get("tags"), **settings)
    return answer({"provisionedModelArn": created}, 201)


def update(body: dict[str, Any], identifier: str) -> Response:
    """UpdateProvisionedModelThroughput: changes the name or the custom model, of the same base. Raises BedrockError."""
    item = STORE.find(identifier)
    _check_in_service(item)
    name, wanted = body.get("desiredProvisionedModelName"), body.get("desiredModelId")
    if not name and not wanted:
        raise BedrockError("ValidationException", "desiredProvisionedModelName or desiredModelId is required")
    if name and name != item["name"]:
        STORE.check_name("desiredProvisionedModelName", name)
    if wanted:
        _check_swap(item, model := _model_arn(wanted))
        STORE.swap(item, model)
    item["name"], item["changed"] = name or item["name"], time.time()
    return answer({})


def get(_: dict[str, str], identifier: str) -> Response:
    return answer(_view(STORE.find(identifier)))


def list_throughputs(query: dict[str, str]) -> Response:
    items = [_view(item) for item in STORE.all()]
    member = "provisionedModelSummaries"
    return answer(listing(query, items, member, name="provisionedModelName", created="creationTime"))


def delete(_: dict[str, Any], identifier: str) -> Response:
    item = STORE.find(identifier)
    _check_in_service(item)
    if item["commitment"] and time.time() < _expiry(item):
        raise BedrockError("ConflictException", f"{item['name']} has a commitment until {iso(_expiry(item))}")
    STORE.remove(item)
    return answer({})


def units_allowed() -> int:
    return int(os.environ.get("KIT_PT_QUOTA", "2"))


def status(item: Item) -> str:
    if STORE.is_creating(item):
        return "Creating"
    return "Updating" if STORE.is_updating(item) else "InService"


def _view(item: Item) -> dict[str, Any]:
    view = {
        "provisionedModelArn": item["arn"],
        "provisionedModelName": item["name"],
        "modelUnits": item["units"],
        "desiredModelUnits": item["units"],
        "modelArn": STORE.serving(item),
        "desiredModelArn": item["next"],
        "foundationModelArn": foundation_model_arn(_base(item["next"])),
        "status": status(item),
        "creationTime": iso(item["created"]),
        "lastModifiedTime": iso(item["changed"]) if item["changed"] else STORE.changed(item),
    }
    if item["commitment"]:
        view |= {"commitmentDuration": item["commitment"], "commitmentExpirationTime": iso(_expiry(item))}
    return view


def _expiry(item: Item) -> float:
    return float(item["created"] + COMMITMENT_DAYS[item["commitment"]] * DAY_SECONDS)


def _check_in_service(item: Item) -> None:
    """An update reports this as ValidationException, because it lists no ConflictException."""
    if status(item) != "InService":
        raise BedrockError("ConflictException", f"{item['name']} is {status(item)}; wait until it is InService")


def _check_quota(units: int, model: str, commitment: str | None) -> None:
    used = sum(item["units"] for item in STORE.all())
    quota = units_allowed()
    if used + units > quota:
        kind = "commitment" if commitment else "no commitment"
        raise BedrockError(
            "ServiceQuotaExceededException",
            f"Your account does not currently have any {kind} model units reserved for {_base(model)}"
            if not quota
            else f"{units} model units were requested; {used} of the account's {quota} are in use",
        )


def _check_swap(item: Item, model: str) -> None:
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
