"""Client tokens: the same token with the same parameters gets the same answer and makes no second resource."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.extension.bedrock_answers import BedrockError, Response

_answers = AccountRegionScopedDict()


def once(operation: str, body: dict[str, Any], create: Callable[[dict[str, Any]], Response]) -> Response:
    """Run `create` unless this operation has seen the token. Other parameters under a known token are a conflict."""
    token = body.get("clientRequestToken") or body.get("clientToken")
    if not token:
        return create(body)
    key = f"{operation}/{token}"
    parameters = json.dumps(body, sort_keys=True)
    known = _answers.get(key)
    if known:
        if known["parameters"] != parameters:
            raise BedrockError("ConflictException", "The client token was used with other parameters")
        response: Response = tuple(known["response"])
        return response
    response = create(body)
    _answers[key] = {"parameters": parameters, "response": response}
    return response
