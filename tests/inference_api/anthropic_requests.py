"""Requests to /v1/messages and their parts, and the API that answers them with a recorded Converse call."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.inference_api.chat_requests import PIXEL
from tests.inference_api.conftest import Api, converse_response

PATH = "/v1/messages"
USER: dict[str, Any] = {"role": "user", "content": "Hello"}
TOOL: dict[str, Any] = {"name": "weather", "input_schema": {"type": "object"}}
USE: dict[str, Any] = {"type": "tool_use", "id": "a", "name": "weather", "input": {}}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "a"}
CALLED = [USER, {"role": "assistant", "content": [USE]}, {"role": "user", "content": [RESULT]}]
MARK = {"cache_control": {"type": "ephemeral"}}
POINT = {"cachePoint": {"type": "default"}}
SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
MISTRAL = "mistral.mistral-large-2402-v1:0"
NOVA = "amazon.nova-micro-v1:0"
PDF = base64.b64encode(b"%PDF").decode()


def body(**change: Any) -> dict[str, Any]:
    return {"model": "support-bot", "max_tokens": 100, "messages": [USER], **change}


def user(*blocks: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(blocks)}]}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"messages": [USER, {"role": "assistant", "content": list(blocks)}]}


def source(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "source": fields}


def text(**fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": "x", **fields}


def tool(**fields: Any) -> dict[str, Any]:
    return {"tools": [{**TOOL, **fields}]}


IMAGE = source("image", type="base64", media_type="image/png", data=PIXEL)


def sent(api: Api, *, model: str = NOVA, headers: Mapping[str, str] | None = None, **change: Any) -> dict[str, Any]:
    """What Converse gets for a request, checked against botocore's model."""
    calls: list[dict[str, Any]] = []
    serve(api, model)
    api.runtime.add_response("converse", converse_response({"text": "ok"}))
    record(api, calls)
    status, answer = post(api, headers, **change)
    assert status == 200, answer
    return calls[0]


def serve(api: Api, model: str) -> None:
    """Put the model behind the alias support-bot."""
    alias = api.settings.aliases["support-bot"]
    changed = {**api.settings.aliases, "support-bot": alias._replace(base=alias.base._replace(id=model))}
    api.settings = api.settings._replace(aliases=changed)
    api.configure(["on-demand", "base"])
    api.base_serves()


def record(api: Api, calls: list[dict[str, Any]]) -> None:
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: calls.append(params)
    )


def post(api: Api, headers: Mapping[str, str] | None = None, **change: Any) -> tuple[int, dict[str, Any]]:
    request = Request("POST", PATH, json.dumps(body(**change)).encode(), headers or {})
    answer, api.facts = respond(request, api.service)
    return answer.status, json.loads(b"".join(answer.body))


MARKED: dict[str, Any] = {
    "system": [text(**MARK)],
    "tools": [{**TOOL, **MARK}],
    "messages": [
        USER,
        {"role": "assistant", "content": [{**USE, **MARK}]},
        {"role": "user", "content": [{**RESULT, "content": [text(**MARK)]}]},
    ],
}


def parsed(content: bytes) -> list[dict[str, Any]]:
    """The events of a stream, each with the name that its data has too."""
    *events, rest = content.decode().split("\n\n")
    assert rest == ""
    found = []
    for event in events:
        name, data = event.split("\n")
        found.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {found[-1]['type']}"
    return found
