"""The fields of a request to /v1/messages that cannot be honoured: each is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.anthropic_requests import (
    CALLED,
    IMAGE,
    MARK,
    PATH,
    PDF,
    USE,
    USER,
    assistant,
    body,
    source,
    text,
    tool,
    user,
)
from tests.inference_api.conftest import Api

BLOCK = "messages[0].content[0]"
REFUSED: list[tuple[dict[str, Any], str]] = [
    *(
        ({name: {"x": 1}}, name)
        for name in ("container", "mcp_servers", "context_management", "inference_geo", "diagnostics", "betas")
    ),
    ({"speed": "fast"}, "speed"),
    ({"service_tier": "priority"}, "service_tier"),
    ({"max_tokens": None}, "max_tokens"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"model": None}, "model"),
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "system", "content": "x"}]}, "messages[0].role"),
    ({"messages": [{**USER, "name": "x"}]}, "messages[0].name"),
    ({"messages": [{"role": "user"}]}, "messages[0].content"),
    ({"system": [IMAGE]}, "system[0].type"),
    ({"temperature": 1.5}, "temperature"),
    ({"top_p": 2}, "top_p"),
    ({"top_k": -1}, "top_k"),
    ({"top_k": 0.5}, "top_k"),
    ({"stop_sequences": [""]}, "stop_sequences"),
    ({"stop_sequences": "x"}, "stop_sequences"),
    ({"stop_sequences": ""}, "stop_sequences"),
    ({"tool_choice": {}}, "tool_choice.type"),
    ({"output_format": {}}, "output_format"),
    ({"stream": "yes"}, "stream"),
    ({"thinking": {}}, "thinking.type"),
    ({"thinking": {"type": "deep"}}, "thinking.type"),
    ({"thinking": {"type": "enabled"}}, "thinking.budget_tokens"),
    ({"thinking": {"type": "enabled", "budget_tokens": 10}}, "thinking.budget_tokens"),
    ({"thinking": {"type": "adaptive", "budget_tokens": 2000}}, "thinking.budget_tokens"),
    ({"thinking": {"type": "adaptive", "display": "all"}}, "thinking.display"),
    ({"output_config": {"effort": "minimal"}}, "output_config.effort"),
    ({"output_config": {"task_budget": {}}}, "output_config.task_budget"),
    ({"output_config": {"format": {"type": "text"}}}, "output_config.format"),
    ({"output_config": {"format": {"type": "json_schema"}}}, "output_config.format.schema"),
    ({"output_format": {"type": "json_schema", "schema": {"type": "array"}}}, "output_format.schema.type"),
    ({"cache_control": {"type": "forever"}}, "cache_control"),
    ({"cache_control": {"type": "ephemeral", "ttl": "2h"}}, "cache_control.ttl"),
    ({"cache_control": {"type": "ephemeral", "mode": "x"}}, "cache_control.mode"),
    (user(text(tone="y")), f"{BLOCK}.tone"),
    (user(text(citations=[{}])), f"{BLOCK}.citations"),
    (user({"type": "text"}), f"{BLOCK}.text"),
    (user({"type": "container_upload", "file_id": "x"}), f"{BLOCK}.type"),
    (user(USE), f"{BLOCK}.type"),
    (user(source("image", type="url", url="https://example.com/a.png")), f"{BLOCK}.source.type"),
    (user(source("image", type="file", file_id="x")), f"{BLOCK}.source.type"),
    (user(source("image", type="base64", media_type="image/png", data="aGVsbG8=")), f"{BLOCK}.source.data"),
    (user({"type": "image"}), f"{BLOCK}.source"),
    (user({**IMAGE, "transformations": []}), f"{BLOCK}.transformations"),
    (user(source("document", type="url", url="https://example.com/a.pdf")), f"{BLOCK}.source.type"),
    (user(source("document", type="base64", media_type="application/zip", data=PDF)), f"{BLOCK}.source"),
    (user(source("document", type="content", content=[IMAGE])), f"{BLOCK}.source.content[0].type"),
    (user(source("document", type="content", content=" ")), f"{BLOCK}.source.content"),
    (user({**source("document", type="text", data="x"), "citations": {"enabled": True}}), f"{BLOCK}.citations.enabled"),
    (assistant(IMAGE), "messages[1].content[0].type"),
    (assistant({**USE, "input": "{}"}), "messages[1].content[0].input"),
    (assistant({**USE, "caller": {"type": "code_execution"}}), "messages[1].content[0].caller"),
    (assistant({"type": "server_tool_use"}), "messages[1].content[0].type"),
    (assistant({"type": "thinking", "thinking": "x"}), "messages[1].content[0].signature"),
    (
        assistant({"type": "thinking", "thinking": "x", "signature": "s", **MARK}),
        "messages[1].content[0].cache_control",
    ),
    (assistant({"type": "redacted_thinking", "data": "%"}), "messages[1].content[0].data"),
    (tool(type="web_search_20250305"), "tools[0].type"),
    (tool(defer_loading=True), "tools[0].defer_loading"),
    (tool(allowed_callers=["code_execution_20260120"]), "tools[0].allowed_callers"),
    (tool(input_examples=[{}]), "tools[0].input_examples"),
    (tool(input_schema={"type": "string"}), "tools[0].input_schema.type"),
    (tool(name=""), "tools[0].name"),
    ({**tool(), "tool_choice": {"type": "required"}}, "tool_choice.type"),
    ({**tool(), "tool_choice": {"type": "any", "name": "weather"}}, "tool_choice.name"),
    ({**tool(), "tool_choice": {"type": "tool"}}, "tool_choice.name"),
    ({"messages": CALLED}, "tools"),
    ({**tool(), "messages": CALLED, "tool_choice": {"type": "none"}}, "tool_choice"),
]


@pytest.mark.parametrize(("change", "param"), REFUSED, ids=[param for _, param in REFUSED])
def test_what_is_not_honoured_is_refused_by_name(api: Api, change: dict[str, Any], param: str) -> None:
    status, answer = api.post(PATH, body(**change))

    assert (status, answer["error"]["param"]) == (400, param)
    assert answer["type"] == "error"
    assert answer["error"]["type"] == "invalid_request_error"
    assert param in answer["error"]["message"]
    assert api.facts.attempts == []
