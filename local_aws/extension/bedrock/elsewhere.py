"""What exists before a deployment: custom models to copy, artifacts of SageMaker AI, open models in S3 to import.

PUT /_kit/elsewhere with JSON adds to it; no request of AWS's API here brings it about:
{"models": [{"modelArn", "modelName", "sharedWith": [accounts]}], "artifacts": [{"source": ARN or S3 URI, "base"}],
 "modelFolders": [S3 URI]}
"""

import json
import time
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.ministack_records import as_members
from local_aws.extension.bedrock.model_import.tiny_model import put_if_absent
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, iso

PATH = "/_kit/elsewhere"
_shared_with: dict[str, list[str]] = {}
_artifacts: dict[str, str] = {}


def install() -> None:
    behind = app._handle_admin_config_request

    async def handle(path: str, method: str, body: bytes) -> Response | None:
        if path != PATH:
            passed: Response | None = await behind(path, method, body)
            return passed
        if method == "PUT":
            _add(json.loads(body))
        return answer({"models": sorted(_shared_with), "artifacts": _artifacts})

    app._handle_admin_config_request = handle


def _add(given: dict[str, Any]) -> None:
    for item in given.get("models", []):
        arn = item["modelArn"]
        _, partition, _, region, account, resource = arn.split(":", 5)
        base = resource.removeprefix("custom-model/").rpartition("/")[0]
        # As ministack keeps them, in the scope of the other account and Region.
        bedrock._custom_models._data[(account, region, arn)] = {
            "ModelArn": arn,
            "ModelName": item["modelName"],
            "BaseModelArn": f"arn:{partition}:bedrock:{region}::foundation-model/{base}",
            "CustomizationType": "FINE_TUNING",
            "CreationTime": iso(time.time()),
            "ModelStatus": "Active",
        }
        _shared_with[arn] = item.get("sharedWith", [])
    for uri in given.get("modelFolders", []):
        put_if_absent(uri)
    _artifacts.update({item["source"]: item["base"] for item in given.get("artifacts", [])})


def source_model(arn: str) -> dict[str, Any]:
    """A custom model to copy. Raises BedrockError: one of another account has to be shared with this one by AWS RAM.

    https://docs.aws.amazon.com/bedrock/latest/userguide/share-model.html
    """
    _, partition, _, region, account, _ = arn.split(":", 5)
    found = bedrock._custom_models.get_scoped(account, region, arn)
    is_ours = account == get_account_id()
    if found is None or not (is_ours or get_account_id() in _shared_with.get(arn, [])):
        raise BedrockError("ResourceNotFoundException", f"The model {arn} was not found")
    if partition != partition_of(get_region()) or (is_ours and region == get_region()):
        raise BedrockError("ValidationException", f"The model {arn} cannot be copied to {get_region()}")
    if found["ModelStatus"] != "Active":
        raise BedrockError("ValidationException", f"The model {arn} is {found['ModelStatus']}, and must be Active")
    return as_members(found)


def artifact_base(source: str) -> str:
    """The base model that SageMaker AI trained. Raises BedrockError."""
    if source not in _artifacts:
        raise BedrockError("ResourceNotFoundException", f"The model package or location {source} was not found")
    return _artifacts[source]
