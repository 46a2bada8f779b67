"""Invalid chat completion requests: a 400 that names the field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.chat_requests import PATH, TOOL, USER, body, image
from tests.inference_api.conftest import Api

PARAMETERS = "tools[0].function.parameters"
NO_SCHEMAS: list[Any] = [[], "", 0, False]
TOOL_TURN = [
    USER,
    {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "weather", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "a", "content": ""},
]
FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"messages": []}, "messages", "at least one"),
    ({"messages": "hi"}, "messages", "list of objects"),
    ({"messages": [{"role": "user", "content": "  "}]}, "messages", "not empty"),
    ({"messages": [{"role": "wizard", "content": "x"}]}, "messages[0].role", "system, developer"),
    ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content", "string or a list"),
    (
        {"messages": [{"role": "user", "content": [image("https://example.com/a.png")]}]},
        "messages[0].content[0].image_url.url",
        "not fetched",
    ),
    (
        {"messages": [{"role": "user", "content": [image("data:image/png;base64,%%%")]}]},
        "messages[0].content[0].image_url.url",
        "not valid base64",
    ),
    ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "messages[0].content[0].type", "image_url"),
    (
        {"messages": [USER, {"role": "assistant", "tool_calls": [{"id": "a", "function": {"arguments": "["}}]}]},
        "messages[1].tool_calls[0].function.arguments",
        "JSON object",
    ),
    ({"n": 2}, "n", "must be 1"),
    ({"n": 1.0, "logprobs": True}, "logprobs", "must be false"),
    *(
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": given}}]}, PARAMETERS, "JSON schema")
        for given in NO_SCHEMAS
    ),
    ({"response_format": {}}, "response_format.type", "json_schema"),
    ({"response_format": {"type": "grammar"}}, "response_format.type", "json_schema"),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": []}}},
        "response_format.json_schema.schema",
        "JSON schema",
    ),
    ({"response_format": {"type": "json_object", "schema": {}}}, "response_format.schema", "not a field"),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema", "schema"),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "array"}}}},
        "response_format.json_schema.schema.type",
        "object",
    ),
    ({"reasoning_effort": "minimal"}, "reasoning_effort", "low, medium, high"),
    ({"functions": [{}]}, "functions", "not a field"),
    ({"temperature": 1.5}, "temperature", "from 0 to 1, got 1.5"),
    ({"top_p": "high"}, "top_p", "got str"),
    ({"max_tokens": 0}, "max_tokens", "got 0"),
    ({"stop": [""]}, "stop", "non-empty"),
    ({"stream": "yes"}, "stream", "true or false"),
    ({"tools": [{"type": "retrieval"}]}, "tools[0]", "function"),
    ({"tools": [TOOL], "tool_choice": "maybe"}, "tool_choice", "required"),
    ({"messages": TOOL_TURN}, "tools", "again"),
    ({"messages": TOOL_TURN, "tools": [TOOL], "tool_choice": "none"}, "tool_choice", "auto"),
]


@pytest.mark.parametrize(("change", "param", "hint"), FAULTS)
def test_a_fault_is_a_400_that_names_the_field(api: Api, change: dict[str, Any], param: str, hint: str) -> None:

    status, answer = api.post(PATH, body(**change))

    assert status == 400
    assert answer["error"]["param"] == param
    assert hint in answer["error"]["message"]
    assert answer["error"]["type"] == "invalid_request_error"
    assert api.facts.attempts == []
