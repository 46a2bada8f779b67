"""The OpenAPI 3.1 document of the API: its routes, each with what its dialect says of it.

PYTHONPATH=lambda .venv/bin/python -m inference_api.openapi.document > docs/openapi.json

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from inference_api import openai_errors
from inference_api.bedrock_converse import errors as bedrock_errors
from inference_api.errors import ROWS, ApiError
from inference_api.openapi import (
    agents,
    anthropic_messages,
    bedrock_converse,
    knowledge,
    openai_chat,
    openai_embeddings,
    openai_responses,
    openai_stored,
)
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import TEXT, Schema, answer, component, or_null
from inference_api.paths import BEDROCK
from inference_api.routes import ROUTES, Route

_DIALECTS = (
    openai_chat,
    openai_responses,
    openai_stored,
    openai_embeddings,
    anthropic_messages,
    bedrock_converse,
    knowledge,
    agents,
)
# API Gateway's own, in bodies that every dialect reads: bedrock_constructs/inference_api/gateway_responses.py.
_GATEWAY, _GATEWAY_WITH_KEY, _GATEWAY_WITH_BODY = (429, 500, 502, 503, 504), (401, 403), (413,)
_ALWAYS, _WITH_BODY = ((404, "not_found"), (500, "internal_error")), ((400, "invalid_value"),)
_CALLING = ((502, "stream_cut"), (503, "alias_unavailable"))
_NAMES = {
    400: "the request is refused; the message says what to change",
    401: "the key is missing or wrong",
    403: "the key is not allowed to call, or the account may not use the model",
    404: "there is no such path, alias, model, agent or knowledge base",
    408: "the model did not answer in time",
    413: "more than 6 MB",
    424: "the model failed",
    429: "over the rate, the quota of the month, or Bedrock's limits",
    500: "the API failed",
    502: "the model failed",
    503: "Bedrock is unavailable, or nothing serves the alias now",
    504: "Bedrock did not answer in time",
}
_SERVED_BY = ("x-bedrock-model", "x-bedrock-kit-served-by", "x-bedrock-kit-attempts", "x-bedrock-kit-prompt")
_WAITS = ("Retry-After", "retry-after-ms")
_SHARED: Mapping[str, Any] = {
    "Alias": {"type": "string", "pattern": r"\S", "description": "an alias of deployment.toml"},
    "ObjectSchema": {
        "type": "object",
        "properties": {"type": {"const": "object"}},
        "description": "the JSON Schema of an object",
    },
    "ServedBy": answer(
        {"alias": or_null(TEXT), "target": TEXT, "kind": TEXT, "attempts": {"type": "integer", "minimum": 1}}
    ),
    "OpenAIError": answer(
        {"error": answer({"message": TEXT, "type": TEXT, "param": or_null(TEXT), "code": or_null(TEXT)})}
    ),
    "BedrockError": answer({"message": TEXT}),
}


def document() -> dict[str, Any]:
    """Raises KeyError for a route that no dialect describes."""
    operations = {path: item for dialect in _DIALECTS for path, item in dialect.OPERATIONS.items()}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Inference API of the Bedrock Deployment Kit",
            "version": "1",
            "description": "One API for every model, in the dialects of OpenAI, Anthropic and Amazon Bedrock.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": {
            path: {method: _operation(path, method, operations[path]) for method in methods_of(route)}
            for path, route in ROUTES.items()
        },
        "components": {
            "schemas": {
                **_SHARED,
                **{name: item for dialect in _DIALECTS for name, item in dialect.COMPONENTS.items()},
            },
            "headers": _headers(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def methods_of(route: Route) -> tuple[str, ...]:
    """In lower case. Of a route that takes any, those that clients send."""
    return (route.method.lower(),) if route.method else route.methods


def text() -> str:
    return json.dumps(document(), indent=1, sort_keys=True) + "\n"


def _operation(path: str, method: str, operation: Operation) -> dict[str, Any]:
    body = {"content": {"application/json": _content(operation)}, "required": True}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in operation.parameters.items()
    ] + [{"name": name, "in": "header", "schema": schema} for name, schema in operation.headers.items()]
    said = {
        "operationId": re.sub(r"\W+", "_", f"{method}{path}").strip("_"),
        "summary": operation.summary,
        "description": operation.description,
        "parameters": parameters,
        "requestBody": body if operation.body is not None else None,
        "security": [] if operation.public else None,
        "responses": dict(_responses(path, operation)),
    }
    return {name: value for name, value in said.items() if value or (name == "security" and operation.public)}


def _content(operation: Operation) -> dict[str, Any]:
    example = {"example": operation.example} if operation.example else {}
    return {"schema": operation.body, **example}


def _responses(path: str, operation: Operation) -> Iterator[tuple[str, Any]]:
    if operation.answers:
        names = ("x-request-id", *(_SERVED_BY if operation.served_by else ()))
        content = {kind: {"schema": schema} for kind, schema in operation.answers.items()}
        yield "200", {"description": "the answer", "headers": _references(*names), "content": content}
    # The statuses of Anthropic's errors are OpenAI's: routes.py chooses the body by the path.
    name = "BedrockError" if path.startswith(BEDROCK) else "OpenAIError"
    schema = component("AnthropicError" if path in anthropic_messages.OPERATIONS else name)
    for status in sorted(_statuses(path, operation)):
        headers = ("x-request-id", *(_WAITS if status in (429, 503) else ()))
        content = {"application/json": {"schema": schema}}
        yield str(status), {"description": _NAMES[status], "headers": _references(*headers), "content": content}


def _statuses(path: str, operation: Operation) -> set[int]:
    """Those of API Gateway, and what the dialect makes of every error that the operation can end with."""
    errors = [*_ALWAYS, *(_WITH_BODY if operation.body is not None else ())]
    if operation.calls:
        errors += [*_CALLING, *((row.status, row.code) for row in ROWS)]
    answer_with = bedrock_errors.error_answer if path.startswith(BEDROCK) else openai_errors.error_answer
    own = {answer_with(ApiError(status, code, "")).status for status, code in errors}
    with_key = () if operation.public else _GATEWAY_WITH_KEY
    return own | {*_GATEWAY, *with_key, *(_GATEWAY_WITH_BODY if operation.body is not None else ())}


def _references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict[str, Any]:
    described: Mapping[str, tuple[str, Schema]] = {
        "x-request-id": ("the id of the log line", TEXT),
        "x-bedrock-model": ("the target that answered", TEXT),
        "x-bedrock-kit-served-by": ("the kind of the target", TEXT),
        "x-bedrock-kit-attempts": ("calls of AWS for this answer", TEXT),
        "x-bedrock-kit-prompt": ("the prompt of the alias and its version, if it has one", TEXT),
        "Retry-After": ("seconds to wait", TEXT),
        "retry-after-ms": ("milliseconds to wait, random", TEXT),
    }
    return {name: {"description": said, "schema": schema} for name, (said, schema) in described.items()}


if __name__ == "__main__":
    sys.stdout.write(text())
