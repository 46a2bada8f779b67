"""Deletes promoted models beyond the last `keep_models`: each is billed by the month for as long as it exists.

Never one that an alias is served by, that a customization trains from, or that a job is using. Bedrock itself refuses
to delete what a deployment or a throughput serves.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from customization.existing_model import owner_of
from kit_contract import parameters
from kit_contract.aws_errors import says_absent, says_busy
from kit_contract.model_arns import is_imported_model
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_ssm import SSMClient


def delete_old_models(run: Run, keep: int, *, bedrock: "BedrockClient", ssm: "SSMClient") -> list[str]:
    """The ARNs of the models that were deleted. `keep` counts the one that serves."""
    promoted = promoted_models(run, ssm)
    old = list(promoted)[keep:]
    if not old:
        return []
    used = _used_texts(run, ssm)
    kept = _bases_of_jobs(bedrock) | {arn for arn in old if promoted[arn] in _parents(used)}
    unused = [arn for arn in old if arn not in kept and not any(arn in text for text in used)]
    return [arn for arn in unused if _delete(arn, run, bedrock)]


def promoted_models(run: Run, ssm: "SSMClient") -> dict[str, str]:
    """ARN -> run id of the models that the customization's alias was given, the latest first, each once.

    Parameter Store keeps the last 100 versions.
    """
    name = parameters.customization_promoted(run.kit_deployment, run.specification.customization)
    pages = ssm.get_paginator("get_parameter_history").paginate(Name=name)
    values = [version["Value"] for page in pages for version in page["Parameters"]]
    found = [json.loads(value) for value in reversed(values)]
    return {item["custom_model_arn"]: str(item.get("run_id") or "") for item in found if item.get("custom_model_arn")}


def _used_texts(run: Run, ssm: "SSMClient") -> list[str]:
    """Every parameter of this deployment: what serves, what was promoted last, what a customization trains from."""
    path = parameters.deployment_path(run.kit_deployment)
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    return [parameter["Value"] for page in pages for parameter in page["Parameters"]]


def _parents(texts: Iterable[str]) -> set[str]:
    """The runs that customizations are trained further from: specifications name them by their ids."""
    found: set[str] = set()
    for text in texts:
        with suppress(ValueError):  # not every parameter is JSON
            value = json.loads(text)
            found |= {str(value["parent"])} if isinstance(value, dict) and value.get("parent") else set()
    return found


def _bases_of_jobs(bedrock: "BedrockClient") -> set[str]:
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(statusEquals="InProgress")
    return {job["baseModelArn"] for page in pages for job in page["modelCustomizationJobSummaries"]}


def _delete(arn: str, run: Run, bedrock: "BedrockClient") -> bool:
    if owner_of(bedrock, arn) != run.kit_deployment:
        return False
    try:
        if is_imported_model(arn):
            bedrock.delete_imported_model(modelIdentifier=arn)
        else:
            bedrock.delete_custom_model(modelIdentifier=arn)
    except Exception as error:
        if not says_busy(error) and not says_absent(error):
            raise
        return False
    return True
