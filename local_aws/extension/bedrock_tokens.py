"""Tokens: a client token makes a creation happen once, a next token continues a list.

The same client token with the same parameters gets the same answer and makes no second resource, as long as the
resource lives; with other parameters it is refused.
"""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.extension.bedrock_answers import BedrockError, Response

# CreateCustomModelDeployment and CreateProvisionedModelThroughput have no ConflictException in their API models.
CONFLICTING = ("CreateModelCustomizationJob", "StartIngestionJob")
MAX_PAGE = 1000

_answers = AccountRegionScopedDict()
_lock = threading.RLock()


def once(operation: str, body: dict[str, Any], create: Callable[[dict[str, Any]], Response]) -> Response:
    """Run `create` unless this operation has seen the token. Raises BedrockError for other parameters."""
    token = body.get("clientRequestToken") or body.get("clientToken")
    with _lock:
        if not token:
            return create(body)
        key = f"{operation}/{token}"
        parameters = json.dumps(body, sort_keys=True)
        known = _answers.get(key)
        if known is None:
            response = create(body)
            _answers[key] = {"parameters": parameters, "response": response}
            return response
    if known["parameters"] != parameters:
        code = "ConflictException" if operation.startswith(CONFLICTING) else "ValidationException"
        raise BedrockError(code, f"The client token {token} was used before with other parameters")
    answered: Response = tuple(known["response"])
    return answered


def forget(resource: str) -> None:
    """Drop the answers that name `resource`: it is deleted, and its token may create anew."""
    needle = json.dumps(resource).encode()
    for key, known in _answers.items():
        if needle in known["response"][2]:
            _answers.pop(key, None)


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
