"""Client tokens: the same token with the same parameters creates one resource, as long as the resource exists.

The same token with other parameters is refused.
"""

import json
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.extension.bedrock.responses import BedrockError, Response

# CreateCustomModelDeployment and CreateProvisionedModelThroughput have no ConflictException in their API models.
CONFLICTING = ("CreateModelCustomizationJob", "CreateModelImportJob", "CreateEvaluationJob", "StartIngestionJob")

_answers = AccountRegionScopedDict()
_lock = threading.RLock()


def once(operation: str, body: dict[str, Any], create: Callable[[dict[str, Any]], Response]) -> Response:
    """Run `create` unless this operation has seen the token. Raises BedrockError where the parameters differ."""
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
    """Drop the answers that name the deleted `resource`, so that its token can create another."""
    needle = json.dumps(resource).encode()
    for key, known in _answers.items():
        if needle in known["response"][2]:
            _answers.pop(key, None)
