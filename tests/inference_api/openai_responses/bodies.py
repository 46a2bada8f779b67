"""Bodies of requests to /v1/responses and their parts, and the responses to them."""

from __future__ import annotations

import base64
import json
from typing import Any

from openai.types.responses import Response
from pydantic import TypeAdapter

from tests.inference_api.conftest import Api, converse_response

PATH = "/v1/responses"
TOOL: dict[str, Any] = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}
USE = {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Basel"}}}
SIGNED = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "sig"}}}
REDACTED = {"reasoningContent": {"redactedContent": b"\0hidden"}}
PIXEL = base64.b64encode(b"\x89PNG bytes").decode()


def body(**more: Any) -> dict[str, Any]:
    return {"model": "support-bot", "input": "Hello", **more}


def answered(api: Api, *blocks: dict[str, Any], reason: str = "end_turn", **change: Any) -> dict[str, Any]:
    """The response, checked against the model of OpenAI's client."""
    api.base_serves()
    api.runtime.add_response("converse", converse_response(*blocks, reason=reason))
    status, value = api.post(PATH, body(**change))
    assert status == 200, value
    TypeAdapter(Response).validate_json(json.dumps(value), strict=True)
    return value


def sent(api: Api, **change: Any) -> dict[str, Any]:
    """What Converse gets for a request, checked against botocore's model."""
    calls: list[dict[str, Any]] = []
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: calls.append(params)
    )
    answered(api, {"text": "ok"}, **change)
    return calls[0]
