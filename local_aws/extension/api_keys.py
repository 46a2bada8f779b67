"""API keys: apiKeySource AUTHORIZER, and ExcludePunctuation of generated secrets.

With apiKeySource AUTHORIZER, the usage plan counts the key that the Lambda authorizer returns, not the header.
"""

import json
import string
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

NAMED = "usageIdentifierKey"

_identifier_key: ContextVar[str | None] = ContextVar("usage_identifier_key", default=None)


def install() -> None:
    """Wrap ministack's functions for keys: it reads only the x-api-key header and drops two template properties."""
    _keep_key_source()
    _exclude_punctuation()
    _carry_authorizers_key()
    _check_authorizers_key()


def _carry_authorizers_key() -> None:
    """Carry the key in the policy document, which ministack caches and evaluates for each request."""
    authorize = apigateway_v1._authorize_request_v1
    invoke = apigateway_v1._invoke_authorizer_lambda
    evaluate = apigateway_v1._evaluate_policy

    async def authorize_request(*arguments: Any) -> Any:
        _identifier_key.set(None)
        return await authorize(*arguments)

    async def invoke_authorizer(*arguments: Any) -> Any:
        result = await invoke(*arguments)
        body = _json_object((result or {}).get("body"))
        if body and isinstance(body.get("policyDocument"), dict):
            return {**result, "body": {**body, "policyDocument": {**body["policyDocument"], NAMED: body.get(NAMED)}}}
        return result

    def evaluate_policy(document: dict[str, Any], method_arn: str) -> Any:
        _identifier_key.set(document.get(NAMED))
        return evaluate(document, method_arn)

    apigateway_v1._authorize_request_v1 = authorize_request
    apigateway_v1._invoke_authorizer_lambda = invoke_authorizer
    apigateway_v1._evaluate_policy = evaluate_policy


def _check_authorizers_key() -> None:
    check = apigateway_v1._check_api_key

    def check_api_key(method: dict[str, Any], api_id: str, stage: str, headers: dict[str, Any]) -> Any:
        api = apigateway_v1._rest_apis.get(api_id) or {}
        if api.get("apiKeySource") != "AUTHORIZER":
            return check(method, api_id, stage, headers)
        others = {name: value for name, value in headers.items() if name.lower() != "x-api-key"}
        return check(method, api_id, stage, {**others, "x-api-key": _identifier_key.get() or ""})

    apigateway_v1._check_api_key = check_api_key


def _keep_key_source() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    create = handler["create"]

    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        physical_id, attributes = create(logical_id, properties, stack_name)
        if "ApiKeySourceType" in properties:
            apigateway_v1._rest_apis[physical_id]["apiKeySource"] = properties["ApiKeySourceType"]
        return physical_id, attributes

    handler["create"] = created


def _exclude_punctuation() -> None:
    generate = provisioners._sm_secret_string

    def generated(properties: dict[str, Any]) -> str:
        settings = properties.get("GenerateSecretString") or {}
        if str(settings.get("ExcludePunctuation", "")).lower() == "true":
            excluded = settings.get("ExcludeCharacters", "") + string.punctuation
            properties = {**properties, "GenerateSecretString": {**settings, "ExcludeCharacters": excluded}}
        text: str = generate(properties)
        return text

    provisioners._sm_secret_string = generated


def _json_object(body: Any) -> dict[str, Any] | None:
    if isinstance(body, str | bytes):
        try:
            body = json.loads(body)
        except ValueError:
            return None
    return body if isinstance(body, dict) else None
