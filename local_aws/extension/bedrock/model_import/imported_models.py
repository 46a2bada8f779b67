"""Imported models: what a finished import job leaves. A copy is loaded by the first call, and goes when nobody calls.

https://docs.aws.amazon.com/bedrock/latest/userguide/invoke-imported-model.html ("Handling ModelNotReadyException"): the
first call after the import or after an idle time is refused and begins the restoration. A user measured 96 seconds.
"""

import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock

from local_aws.extension.bedrock.clock import elapsed
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.ministack_records import as_members, as_record
from local_aws.extension.bedrock.responses import BedrockError, Response, answer

RESTORING, IDLE = 0.5, 60.0  # seconds of Bedrock's clock
SUMMARY = ("modelArn", "modelName", "creationTime", "instructSupported", "modelArchitecture")
NOT_READY = "Model is not ready for inference. Wait and try your request again."
NO_CONVERSE = "This action doesn't support the model that you provided. Try again with a supported text or chat model."

# ARN -> (wall time at which the restoration began, wall time of the last answered call)
_copies: AccountRegionScopedDict = AccountRegionScopedDict()


def add(model: dict[str, Any], tags: dict[str, str]) -> None:
    """`model` has the members of GetImportedModel; ministack keeps them by their capital names."""
    arn = model["modelArn"]
    bedrock._imported_models[arn] = as_record(model)
    bedrock._tags[arn] = tags


def find(identifier: str) -> dict[str, Any]:
    """The model with this ARN or name. Raises BedrockError."""
    for model in _models():
        if identifier in (model["modelArn"], model["modelName"]):
            return model
    raise BedrockError("ResourceNotFoundException", f"The imported model {identifier} could not be found")


def exists(identifier: str) -> bool:
    return any(identifier in (model["modelArn"], model["modelName"]) for model in _models())


def get(_: dict[str, str], identifier: str) -> Response:
    return answer(find(identifier))


def list_models(query: dict[str, str]) -> Response:
    items = [{name: model[name] for name in SUMMARY if name in model} for model in _models()]
    return answer(listing(query, items, "modelSummaries", name="modelName", created="creationTime"))


def delete(_: dict[str, Any], identifier: str) -> Response:
    """DeleteImportedModel, also of one that is called: nothing serves it but its own ARN."""
    arn = find(identifier)["modelArn"]
    for store in (bedrock._imported_models, bedrock._tags, _copies):
        store.pop(arn, None)
    return answer({})


def answering(arn: str) -> str:
    """`arn` if a copy of the model can answer now. Raises BedrockError."""
    find(arn)
    now = time.time()
    restored, called = _copies.get(arn) or (None, now)
    if restored is None or elapsed(called) > IDLE:
        _copies[arn] = (now, now)
        raise BedrockError("ModelNotReadyException", NOT_READY)
    _copies[arn] = (restored, now)
    if elapsed(restored) < RESTORING:
        raise BedrockError("ModelNotReadyException", NOT_READY)
    return arn


def check_converse(arn: str) -> None:
    if not find(arn)["instructSupported"]:
        raise BedrockError("ValidationException", NO_CONVERSE)


def _models() -> list[dict[str, Any]]:
    return [as_members(record) for record in list(bedrock._imported_models.values())]
