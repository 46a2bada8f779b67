"""Each field of a request of the Responses API is honoured, accepted because it changes nothing, or refused."""

from __future__ import annotations

import json
import re
from typing import Any, get_type_hints

import pytest
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from inference_api.errors import ApiError
from inference_api.openai_responses.request import responses_request
from tests.inference_api.conftest import Api
from tests.inference_api.openai_responses.bodies import PATH, PIXEL, TOOL, answered, body

FUNCTION_CALL: dict[str, Any] = {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"}
OUTPUT: dict[str, Any] = {"type": "function_call_output", "call_id": "c", "output": "x"}


def item(**fields: Any) -> dict[str, Any]:
    return {"input": [{"role": "user", "content": "Hello"}, fields]}


def part(role: str = "user", **fields: Any) -> dict[str, Any]:
    return {"input": [{"role": role, "content": [fields]}]}


def tool(**fields: Any) -> dict[str, Any]:
    return {"tools": [TOOL | fields]}


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"input": None}, "input", "missing"),
    ({"input": " "}, "input", "at least one"),
    ({"input": 3}, "input", "list of objects"),
    ({"input": []}, "input", "at least one"),
    ({"instructions": ["x"]}, "instructions", "string"),
    ({"previous_response_id": "resp_1"}, "previous_response_id", "send the whole conversation"),
    ({"conversation": {"id": "x"}}, "conversation", "send the whole conversation"),
    ({"store": True}, "store", "keeps no responses"),
    ({"background": True}, "background", "stream"),
    ({"prompt": {"id": "x"}}, "prompt", "instructions"),
    ({"context_management": [{"type": "compaction"}]}, "context_management", "shorten the input"),
    ({"moderation": {"model": "x"}}, "moderation", "guardrails"),
    ({"truncation": "auto"}, "truncation", "disabled"),
    ({"top_logprobs": 5}, "top_logprobs", "must be 0"),
    ({"include": ["message.output_text.logprobs"]}, "include", "reasoning.encrypted_content"),
    ({"include": "x"}, "include", "list"),
    ({"metadata": {"a": 1}}, "metadata", "strings"),
    ({"max_output_tokens": 0}, "max_output_tokens", "got 0"),
    ({"max_tool_calls": 0}, "max_tool_calls", "got 0"),
    ({"temperature": 1.5}, "temperature", "from 0 to 1"),
    ({"service_tier": "fast"}, "service_tier", "priority"),
    ({"stream": "yes"}, "stream", "true or false"),
    ({"stream_options": {"include_usage": True}}, "stream_options.include_usage", "not a field"),
    ({"messages": []}, "messages", "not a field"),
    ({"stop": ["x"]}, "stop", "not a field"),
    ({"text": {"verbosity": "low"}}, "text.verbosity", "medium"),
    ({"text": {"style": "x"}}, "text.style", "not a field"),
    ({"text": {"format": {"type": "grammar"}}}, "text.format.type", "json_schema"),
    ({"text": {"format": {"type": []}}}, "text.format.type", "json_schema"),
    ({"text": {"format": {"type": "json_object", "schema": {}}}}, "text.format.schema", "not a field"),
    (
        {"text": {"format": {"type": "json_schema", "name": "x", "schema": {"type": "array"}}}},
        "text.format.schema.type",
        "object",
    ),
    ({"text": {"format": {"type": "json_schema", "name": 1}}}, "text.format.name", "string"),
    ({"reasoning": {"effort": "minimal"}}, "reasoning.effort", "low, medium, high"),
    ({"reasoning": {"summary": "concise"}}, "reasoning.summary", "detailed"),
    ({"reasoning": {"mode": "pro"}}, "reasoning.mode", "standard"),
    ({"reasoning": {"context": "all_turns"}}, "reasoning.context", "auto"),
    ({"reasoning": {"budget": 1}}, "reasoning.budget", "not a field"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type", "web_search runs at OpenAI"),
    ({"tools": [{"type": "file_search", "vector_store_ids": []}]}, "tools[0].vector_store_ids", "knowledge bases"),
    ({**tool(), "tool_choice": {"type": "file_search"}}, "tool_choice", "file_search"),
    (item(type="file_search_call", id="fs_1", queries=[], x=1), "input[1].x", "not a field"),
    ({"tools": [{"type": "custom", "name": "x"}]}, "tools[0].type", "function"),
    ({"tools": [{"type": "function", "function": {"name": "x"}}]}, "tools[0].function", "not a field"),
    ({"tools": [{"type": "function"}]}, "tools[0].name", "missing"),
    (tool(parameters={"type": "string"}), "tools[0].parameters.type", "object"),
    (tool(strict="x"), "tools[0].strict", "true or false"),
    (tool(defer_loading=True), "tools[0].defer_loading", "false"),
    (tool(output_schema={}), "tools[0].output_schema", "not a field"),
    ({**tool(), "tool_choice": "maybe"}, "tool_choice", "required"),
    ({**tool(), "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": []}}, "tool_choice", "function"),
    ({**tool(), "tool_choice": {"type": "function", "name": "weather", "x": 1}}, "tool_choice.x", "not a field"),
    ({"tool_choice": "required"}, "tool_choice", "send tools"),
    ({"input": [FUNCTION_CALL, OUTPUT]}, "tools", "again"),
    ({"input": [FUNCTION_CALL, OUTPUT], **tool(), "tool_choice": "none"}, "tool_choice", "auto"),
    (item(type="item_reference", id="msg_1"), "input[1]", "store set to false"),
    (item(id="msg_1"), "input[1]", "store set to false"),
    (item(type="web_search_call", id="x"), "input[1].type", "function_call_output"),
    (item(type=[], id="x"), "input[1].type", "function_call_output"),
    (item(role="wizard", content="x"), "input[1].role", "developer"),
    (item(role="user"), "input[1].content", "string or a list"),
    (item(role="user", content="x", name="Ada"), "input[1].name", "not a field"),
    (item(role="assistant", content="x", phase="commentary"), "input[1].phase", "null"),
    (item(**FUNCTION_CALL, namespace="x"), "input[1].namespace", "null"),
    (item(**{**FUNCTION_CALL, "arguments": "["}), "input[1].arguments", "JSON object"),
    (item(**{**FUNCTION_CALL, "call_id": None}), "input[1].call_id", "missing"),
    (item(**{**OUTPUT, "output": None}), "input[1].output", "string or a list"),
    (item(type="reasoning", encrypted_content="gAAAA"), "input[1].encrypted_content", "of this API"),
    (item(type="reasoning", encrypted_content="W10="), "input[1].encrypted_content", "of this API"),
    (item(type="reasoning", encrypted_content=3), "input[1].encrypted_content", "of this API"),
    (part(type="input_text", text="x", tone="y"), "input[0].content[0].tone", "not a field"),
    (part(type="text", text="x"), "input[0].content[0].type", "input_text"),
    (part(type="input_audio", input_audio={}), "input[0].content[0].type", "input_image"),
    (part("assistant", type="input_image", image_url="x"), "input[0].content[0].type", "output_text"),
    (part(type="input_image", file_id="x"), "input[0].content[0].file_id", "send image_url"),
    (part(type="input_image", image_url="https://x.com/a.png"), "input[0].content[0].image_url", "not fetched"),
    (part(type="input_image", image_url={"url": "x"}), "input[0].content[0].image_url", "string"),
    (part(type="input_image", image_url="x", detail="low"), "input[0].content[0].detail", "auto"),
    (part(type="input_file", file_url="https://x.com/a.pdf"), "input[0].content[0].file_url", "send file_data"),
    (part(type="input_file", file_data=f"data:a/b;base64,{PIXEL}"), "input[0].content[0]", "pdf, csv"),
]


@pytest.mark.parametrize(
    ("change", "param", "hint"), FAULTS, ids=[f"{number} {param}" for number, (_, param, _) in enumerate(FAULTS)]
)
def test_what_is_not_honoured_is_refused_by_name(change: dict[str, Any], param: str, hint: str) -> None:
    with pytest.raises(ApiError) as refused:
        responses_request(body(**change))

    assert (refused.value.status, refused.value.param) == (400, param)
    assert hint in refused.value.message


def test_a_refusal_has_the_shape_of_openai(api: Api) -> None:
    status, answer = api.post(PATH, body(store=True))

    assert (status, answer["error"]["type"], answer["error"]["code"]) == (
        400,
        "invalid_request_error",
        "unsupported_value",
    )


def test_what_changes_nothing_is_accepted(api: Api) -> None:
    answered(
        api,
        {"text": "ok"},
        input=[
            {
                "role": "user",
                "content": [{"type": "input_text", "text": "x", "prompt_cache_breakpoint": {"mode": "explicit"}}],
            },
            {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}], "status": None},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}], "id": "msg_1", "phase": None},
            {"role": "user", "content": "Why?"},
        ],
        tools=[TOOL | {"strict": None, "defer_loading": False, "cache_control": {"type": "ephemeral"}}],
        tool_choice="none",
        text={"format": {"type": "text"}, "verbosity": "medium"},
        reasoning={"effort": None, "summary": None, "context": "auto", "mode": "standard"},
        stream_options={"include_obfuscation": False},
        store=False,
        background=False,
        truncation="disabled",
        top_logprobs=0,
        max_tool_calls=3,
        include=["reasoning.encrypted_content", "web_search_call.action.sources"],
        previous_response_id=None,
        conversation=None,
        user="u",
        safety_identifier="s",
        prompt_cache_key="k",
        prompt_cache_retention="24h",
        service_tier="auto",
    )


@pytest.mark.parametrize("name", sorted(get_type_hints(ResponseCreateParamsBase)))
def test_no_value_of_a_field_of_the_client_is_a_failure(name: str) -> None:
    """Each is passed on, ignored or refused by name, whatever it is."""
    values: list[Any] = [[], [1], "x", "", 3, -1, 0.5, True, {}, {"x": [1]}, {"type": []}, [[{}]], [{}], [{"type": {}}]]
    for value in values:
        refused = None
        try:
            json.dumps(responses_request(body(**{name: value})).settings)
        except ApiError as error:
            refused = error
        named = re.split(r"[.\[]", refused.param or "")[0] if refused else name
        assert named == name, f"{name} = {value}: {refused.message if refused else None}"
