"""Imported models beside custom models: Bedrock lists, describes and deletes them by calls of their own."""

from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.owned_names import Belongs, RunKey, model_key
from kit.runs.recorded_run import Model
from kit_contract.model_arns import is_imported_model

PAGE: Any = {"PageSize": 1000}


def imported_models(deployed: Deployed, belongs: Belongs) -> dict[RunKey, Model]:
    """They have no status: one that is there can be called."""
    pages = deployed.bedrock.get_paginator("list_imported_models").paginate(PaginationConfig=PAGE)
    found: dict[RunKey, Model] = {}
    for item in (item for page in pages for item in page["modelSummaries"]):
        if key := model_key(item["modelName"], item["modelArn"], deployed.name, belongs):
            found[key] = Model(item["modelArn"], item["modelName"], "Active")
    return found


def status_of(deployed: Deployed, arn: str) -> str:
    """Of a custom or an imported model. Raises boto3's error for one that is absent."""
    if is_imported_model(arn):
        deployed.bedrock.get_imported_model(modelIdentifier=arn)
        return "Active"
    return deployed.bedrock.get_custom_model(modelIdentifier=arn)["modelStatus"]


def delete_model(deployed: Deployed, arn: str) -> None:
    if is_imported_model(arn):
        deployed.bedrock.delete_imported_model(modelIdentifier=arn)
    else:
        deployed.bedrock.delete_custom_model(modelIdentifier=arn)


def units_of(deployed: Deployed, arn: str) -> int | None:
    """Custom model units of a copy, by which storage is billed; None if Bedrock does not tell."""
    found = deployed.bedrock.get_imported_model(modelIdentifier=arn).get("customModelUnits", {})
    return found.get("customModelUnitsPerModelCopy")
