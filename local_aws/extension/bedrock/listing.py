"""List operations: filtered, sorted and cut into pages as Bedrock does it."""

from datetime import datetime
from typing import Any

from local_aws.extension.bedrock.responses import BedrockError

MAX_PAGE = 1000


def listing(
    query: dict[str, str], items: list[dict[str, Any]], member: str, *, name: str, created: str, model: str = "modelArn"
) -> dict[str, Any]:
    """A List operation's answer: filtered by the query, sorted by creation (the newest first), cut into pages.

    `name`, `created` and `model` are the members of an item that hold its name, creation time and model.
    """
    kept = [item for item in items if _matches(query, item, name, created, model)]
    kept.sort(key=lambda item: str(item[created]), reverse=query.get("sortOrder") != "Ascending")
    begin, size = _number(query, "nextToken", 0), _number(query, "maxResults", MAX_PAGE)
    answer: dict[str, Any] = {member: kept[begin : begin + size]}
    if begin + size < len(kept):
        answer["nextToken"] = str(begin + size)
    return answer


def _matches(query: dict[str, str], item: dict[str, Any], name: str, created: str, model: str) -> bool:
    after = query.get("creationTimeAfter") or query.get("createdAfter")
    before = query.get("creationTimeBefore") or query.get("createdBefore")
    when = datetime.fromisoformat(item[created])
    status = query.get("statusEquals") or query.get("modelStatus")
    wanted = query.get("modelArnEquals") or query.get("baseModelArnEquals")
    return (
        (query.get("nameContains") or "") in item[name]
        and status in (None, item.get("status") or item.get("modelStatus"))
        and wanted in (None, item.get(model))
        and (after is None or when >= datetime.fromisoformat(after))
        and (before is None or when <= datetime.fromisoformat(before))
    )


def _number(query: dict[str, str], parameter: str, default: int) -> int:
    text = query.get(parameter)
    if text is None:
        return default
    if not text.isdigit() or (parameter == "maxResults" and not 1 <= int(text) <= MAX_PAGE):
        raise BedrockError("ValidationException", f"{parameter} is not valid, got {text}")
    return int(text)
