"""The first step of an external model's run: what is there already, or what to create. Nothing of it is trained on."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from customization.existing_model import ExistingModel, find_model
from customization.external import copied_models, imported_models, sagemaker_models
from customization.same_content import claim_run
from kit_contract.errors import InputError
from kit_contract.external_models import COPY, IMPORT, KEY_MEMBERS, SAGEMAKER, source_record
from kit_contract.run_events import ModelExists, NewJob
from kit_contract.run_names import job_name
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client

UNDER_WAY: dict[str, Callable[[Run, "BedrockClient"], str]] = {
    COPY: copied_models.under_way,
    SAGEMAKER: sagemaker_models.under_way,
    IMPORT: imported_models.under_way,
}
MOST_BYTES = 1 << 20  # of a record, which is one line


class ExternalModelError(InputError):
    """When the model of the run cannot be made."""


def check_external_model(run: Run, *, bedrock: "BedrockClient", s3: "S3Client", timestamp: str) -> ModelExists | NewJob:
    """The model that exists already, else the names for the one to create, or the ARN of what an earlier attempt has
    begun. Raises ExternalModelError, SameContentBusyError.

    A model that failed is deleted: it holds nothing, and has the name of the next one.
    """
    model = find_model(run, bedrock)
    if model and model.is_active:
        return _exists(model)
    if run.chosen:
        raise ExternalModelError(f"the custom model of run {run.run_id} is gone; choose another one: kit runs history")
    _require_source(run, s3)
    new: NewJob = {
        "trained": False,
        "records": 0,
        "job_name": job_name(run.kit_deployment, run.specification.customization, run.execution_name, timestamp),
        "client_request_token": f"{run.token}-{timestamp}",
        "base_model": run.specification.base_model,
    }
    if begun := UNDER_WAY[run.specification.method](run, bedrock):
        return {**new, "adopted": begun}
    claim_run(run, bedrock=bedrock, s3=s3, now=datetime.strptime(f"{timestamp}+0000", "%Y%m%d%H%M%S%z"))
    model = find_model(run, bedrock)  # what was under way may have ended between the two looks
    if model and model.is_active:
        return _exists(model)
    if model and model.status == "Failed":
        bedrock.delete_custom_model(modelIdentifier=model.arn)
    return new


def _exists(model: ExistingModel) -> ModelExists:
    return {"trained": True, "custom_model_arn": model.arn}


def _require_source(run: Run, s3: "S3Client") -> None:
    """The object must say what the settings say: an upload by hand, in any other form, would be another run of the
    same source.
    """
    members = run.specification.job_members
    source = {name: value for name, value in members.items() if name not in KEY_MEMBERS}
    body = s3.get_object(Bucket=run.specification.bucket, Key=run.key)["Body"].read(MOST_BYTES)
    found = _object(body).get("source")
    if not (
        isinstance(found, dict)
        and all(found.get(name) == value for name, value in source.items())
        and body == source_record(run.specification.method, found)
    ):
        raise ExternalModelError(
            f"{run.key} is not the source of {run.specification.customization}, which nothing is trained for; delete "
            "the object: a deploy writes the one that counts"
        )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
