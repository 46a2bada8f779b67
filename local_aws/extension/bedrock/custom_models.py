"""Custom models: a job leaves one when it has finished. ministack's records keep their capital member names."""

from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import bedrock

from local_aws.extension.bedrock.client_tokens import forget
from local_aws.extension.bedrock.listing import listing
from local_aws.extension.bedrock.ministack_records import as_members, as_record
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, tag_map


def add(model_arn: str, members: dict[str, Any], tags: list[dict[str, str]] | None) -> None:
    """Store the custom model of a finished job; `members` are those of GetCustomModel."""
    bedrock._custom_models[model_arn] = as_record(members)
    bedrock._tags[model_arn] = tag_map(tags)


def change(model_arn: str, members: dict[str, Any]) -> None:
    """Nothing happens to one that was deleted meanwhile."""
    if record := bedrock._custom_models.get(model_arn):
        record |= as_record(members)


def require_active(identifier_: str) -> None:
    """Raises BedrockError: only an Active model is served."""
    model = find(identifier_)
    if (status := model.get("modelStatus", "Active")) != "Active":
        raise BedrockError("ValidationException", f"Custom model {model['modelArn']} is {status}, and must be Active")


def find(identifier_: str) -> dict[str, Any]:
    """The custom model with this ARN or name, with the members of GetCustomModel. Raises BedrockError."""
    for record in _models():
        if identifier_ in (record["modelArn"], record["modelName"]):
            return record
    raise BedrockError("ResourceNotFoundException", f"Custom model {identifier_} not found")


def exists(identifier_: str) -> bool:
    return any(identifier_ in (record["modelArn"], record["modelName"]) for record in _models())


def is_newest(model_arn: str) -> bool:
    return [model_arn] == list(bedrock._custom_models)[-1:]


def base_of(model: dict[str, Any]) -> str:
    """The customization id of the model that this custom model was made from."""
    base: str = model["modelArn"].split(":custom-model/", 1)[-1].rsplit("/", 1)[0]
    return model["baseModelArn"].rpartition("/")[2] if base == "imported" else base


def get(_: dict[str, str], identifier_: str) -> Response:
    return answer(find(identifier_))


def list_models(query: dict[str, str]) -> Response:
    names = ("modelArn", "modelName", "creationTime", "baseModelArn", "customizationType", "modelStatus")
    items = [
        {name: model[name] for name in names if name in model}
        | {"baseModelName": base_of(model), "ownerAccountId": get_account_id()}
        for model in _models()
    ]
    page = listing(query, items, "modelSummaries", name="modelName", created="creationTime", model="baseModelArn")
    return answer(page)


def delete(model_arn: str, served_by: list[str]) -> Response:
    """DeleteCustomModel. Raises BedrockError while `served_by` names a deployment or throughput."""
    if served_by:
        raise BedrockError("ConflictException", f"Custom model {model_arn} is used by {', '.join(served_by)}")
    bedrock._custom_models.pop(model_arn)
    bedrock._tags.pop(model_arn, None)
    forget(model_arn)
    return answer({})


def _models() -> list[dict[str, Any]]:
    return [as_members(record) for record in list(bedrock._custom_models.values())]
