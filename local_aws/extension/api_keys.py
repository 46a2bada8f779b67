"""REST APIs with apiKeySource AUTHORIZER: the usage plan counts the key that the Lambda authorizer names."""

import json
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1

_identifier_key: ContextVar[str | None] = ContextVar("usage_identifier_key", default=None)


def install() -> None:
    """Wrap ministack's authorizer call and key check, which know the x-api-key header only."""
    invoke = apigateway_v1._invoke_authorizer_lambda
    check = apigateway_v1._check_api_key

    async def invoke_authorizer(*arguments: Any) -> Any:
        result = await invoke(*arguments)
        _identifier_key.set(_named_key(result))
        return result

    def check_api_key(method: dict[str, Any], api_id: str, stage: str, headers: dict[str, Any]) -> Any:
        api = apigateway_v1._rest_apis.get(api_id) or {}
        if api.get("apiKeySource") != "AUTHORIZER":
            return check(method, api_id, stage, headers)
        others = {name: value for name, value in headers.items() if name.lower() != "x-api-key"}
        return check(method, api_id, stage, {**others, "x-api-key": _identifier_key.get() or ""})

    apigateway_v1._invoke_authorizer_lambda = invoke_authorizer
    apigateway_v1._check_api_key = check_api_key


def _named_key(result: Any) -> str | None:
    body = (result or {}).get("body")
    if isinstance(body, str | bytes):
        try:
            body = json.loads(body)
        except ValueError:
            return None
    return body.get("usageIdentifierKey") if isinstance(body, dict) else None
