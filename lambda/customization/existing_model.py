"""The custom model of a run, wherever it came from: another attempt, a renamed customization, an earlier release.

A model is the run's if it carries this deployment's tag and its name ends in the run id. Another deployment's model of
the same content is not: it may be deleted without notice.
"""

from typing import TYPE_CHECKING, NamedTuple

from kit_contract.external_models import IMPORT
from kit_contract.runs import Run
from kit_contract.tags import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient


class ExistingModel(NamedTuple):
    arn: str
    name: str
    status: str

    @property
    def is_active(self) -> bool:
        return self.status == "Active"


def find_model(run: Run, bedrock: "BedrockClient") -> ExistingModel | None:
    """Of several, one that is Active, then the one of this customization's own name, then the newest."""
    if run.specification.method == IMPORT:
        return _find_imported_model(run, bedrock)
    return find_model_of(run.run_id, run.kit_deployment, bedrock, own_name=run.custom_model_name)


def _find_imported_model(run: Run, bedrock: "BedrockClient") -> ExistingModel | None:
    """An imported model has no status: it is there when its job is complete."""
    pages = bedrock.get_paginator("list_imported_models").paginate(
        nameContains=run.run_id, sortBy="CreationTime", sortOrder="Descending"
    )
    named = (item for page in pages for item in page["modelSummaries"] if item["modelName"].endswith(f"-{run.run_id}"))
    ours = (item for item in named if owner_of(bedrock, item["modelArn"]) == run.kit_deployment)
    return next((ExistingModel(item["modelArn"], item["modelName"], "Active") for item in ours), None)


def find_model_of(
    run_id: str, kit_deployment: str, bedrock: "BedrockClient", own_name: str = ""
) -> ExistingModel | None:
    pages = bedrock.get_paginator("list_custom_models").paginate(
        nameContains=run_id, isOwned=True, sortBy="CreationTime", sortOrder="Descending"
    )
    found = [
        ExistingModel(item["modelArn"], item["modelName"], item.get("modelStatus", "Active"))
        for page in pages
        for item in page["modelSummaries"]
        if item["modelName"].endswith(f"-{run_id}")
    ]
    ours = [model for model in found if owner_of(bedrock, model.arn) == kit_deployment]
    ours.sort(key=lambda model: (not model.is_active, model.name != own_name))
    return ours[0] if ours else None


def owner_of(bedrock: "BedrockClient", arn: str) -> str | None:
    """The deployment whose tag the model or job carries; None without a tag, or if it has just been deleted."""
    try:
        tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    except bedrock.exceptions.ResourceNotFoundException:
        return None
    return {tag["key"]: tag["value"] for tag in tags}.get(DEPLOYMENT_TAG)
