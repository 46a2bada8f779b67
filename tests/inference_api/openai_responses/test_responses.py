"""Requests of the Responses API to Converse, and its responses back."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
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


def test_the_whole_response(api: Api) -> None:
    value = answered(api, {"text": "Good "}, {"text": "day"}, metadata={"case": "1"}, max_output_tokens=7, user="u")

    assert value == {
        "id": "resp_0001",
        "object": "response",
        "created_at": 1_800_000_000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": "support-bot",
        "system_fingerprint": "amazon.nova-micro-v1:0",
        "served_by": {
            "alias": "support-bot",
            "target": "amazon.nova-micro-v1:0",
            "kind": "foundation-model",
            "attempts": 1,
        },
        "background": False,
        "instructions": None,
        "max_output_tokens": 7,
        "max_tool_calls": None,
        "prompt_cache_key": None,
        "safety_identifier": None,
        "temperature": None,
        "top_p": None,
        "user": "u",
        "metadata": {"case": "1"},
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": False,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "truncation": "disabled",
        "output": [
            {
                "id": "msg_0001_0",
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Good day"}],
            }
        ],
        "usage": {
            "input_tokens": 10,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 5,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 15,
        },
    }


def test_settings_reach_converse_and_come_back(api: Api) -> None:
    change = {
        "instructions": "Be brief.",
        "max_output_tokens": 7.0,
        "temperature": 0.5,
        "top_p": 0.9,
        "service_tier": "flex",
        "reasoning": {"effort": "low", "summary": "auto"},
        "tools": [TOOL | {"strict": True, "description": "d"}],
        "tool_choice": {"type": "function", "name": "weather"},
        "input": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
    }

    assert sent(api, **change) == {
        "modelId": "amazon.nova-micro-v1:0",
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
        "system": [{"text": "Be brief."}, {"text": "Be kind."}],
        "inferenceConfig": {"maxTokens": 7, "temperature": 0.5, "topP": 0.9},
        "serviceTier": {"type": "flex"},
        "outputConfig": {"effort": "low"},
        "additionalModelResponseFieldPaths": ["/usage"],
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "d",
                        "inputSchema": {"json": TOOL["parameters"]},
                        "strict": True,
                    }
                }
            ],
            "toolChoice": {"tool": {"name": "weather"}},
        },
    }
    api.runtime.add_response("converse", converse_response({"text": "ok"}))
    _, value = api.post(PATH, body(**change))
    repeated = ("instructions", "temperature", "top_p", "service_tier", "reasoning", "tool_choice")
    assert {name: value[name] for name in repeated} == {name: change[name] for name in repeated}
    assert value["tools"][0]["strict"] is True


def test_a_conversation_of_items(api: Api) -> None:
    call = {"type": "function_call", "id": "fc_1", "call_id": "c|1", "name": "mcp.weather", "arguments": " "}
    parts = [
        {"type": "input_text", "text": "What?"},
        {"type": "input_image", "image_url": f"data:image/jpg;base64,{PIXEL}", "detail": "auto", "file_id": None},
        {"type": "input_file", "file_data": f"data:application/pdf;base64,{PIXEL}", "filename": "a.pdf"},
    ]
    items = [
        {"type": "message", "role": "user", "content": parts},
        {"id": "rs_1", "type": "reasoning", "summary": [], "content": [], "encrypted_content": None},
        {
            "id": "msg_1",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Wait.", "annotations": [], "logprobs": []}],
        },
        call,
        {"type": "function_call_output", "call_id": "c|1", "output": ""},
        {"role": "user", "content": "And now?"},
    ]

    request = sent(api, input=items, tools=[TOOL | {"name": "mcp.weather"}])

    user, assistant, result = request["messages"]
    assert [next(iter(block)) for block in user["content"]] == ["text", "image", "document"]
    assert user["content"][1]["image"] == {"format": "png", "source": {"bytes": b"\x89PNG bytes"}}
    assert (assistant["role"], assistant["content"][0]) == ("assistant", {"text": "Wait."})
    use = assistant["content"][1]["toolUse"]
    assert use["name"] == request["toolConfig"]["tools"][0]["toolSpec"]["name"] != "mcp.weather"
    assert use["input"] == {}
    assert result["content"] == [
        {"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": "(empty)"}]}},
        {"text": "And now?"},
    ]


def test_an_image_in_a_tools_result(api: Api) -> None:
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}"}
    items = [
        {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [image, {"type": "input_text", "text": "a chart"}]},
    ]

    result = sent(api, input=items, tools=[TOOL])["messages"][2]["content"][0]["toolResult"]

    assert [next(iter(block)) for block in result["content"]] == ["image", "text"]


def test_calls_are_items_of_their_own(api: Api) -> None:
    value = answered(api, {"text": "Wait."}, USE, USE, reason="tool_use", tools=[TOOL])

    message, call, _ = value["output"]
    assert message["content"][0]["text"] == "Wait."
    assert call == {
        "id": "fc_0001_1",
        "type": "function_call",
        "status": "completed",
        "call_id": "tooluse_1",
        "name": "weather",
        "arguments": '{"city": "Basel"}',
    }
    assert value["status"] == "completed"


def test_without_parallel_tool_calls_there_is_one(api: Api) -> None:
    value = answered(api, USE, USE, reason="tool_use", tools=[TOOL], parallel_tool_calls=False)

    assert [item["type"] for item in value["output"]] == ["function_call"]
    assert value["parallel_tool_calls"] is False


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("max_tokens", "max_output_tokens"),
        ("model_context_window_exceeded", "max_output_tokens"),
        ("guardrail_intervened", "content_filter"),
        ("content_filtered", "content_filter"),
    ],
)
def test_an_answer_that_is_not_whole_is_incomplete(api: Api, reason: str, expected: str) -> None:
    value = answered(api, {"text": "x"}, reason=reason)

    assert (value["status"], value["incomplete_details"]) == ("incomplete", {"reason": expected})
    assert value["output"][0]["status"] == "incomplete"


@pytest.mark.parametrize("reason", ["malformed_tool_use", "something_new"])
def test_a_malformed_or_unknown_stop_reason_is_an_error(api: Api, reason: str) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "x"}, reason=reason))

    status, value = api.post(PATH, body())

    assert (status, value["error"]["code"]) == (502, "model_error")
    assert reason in value["error"]["message"]


@pytest.mark.parametrize(
    ("reasoning", "shown"),
    [
        ({}, {"summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]}),
        ({"summary": "auto"}, {"summary": [{"type": "summary_text", "text": "Hm."}]}),
    ],
)
def test_reasoning_survives_the_round_trip(api: Api, reasoning: dict[str, Any], shown: dict[str, Any]) -> None:
    value = answered(api, SIGNED, REDACTED, USE, reason="tool_use", tools=[TOOL], reasoning=reasoning)
    result = {"type": "function_call_output", "call_id": "tooluse_1", "output": "rain"}

    visible = {name: value["output"][0][name] for name in shown}
    items = [{"role": "user", "content": "Hello"}, *value["output"], result]
    calls: list[dict[str, Any]] = []
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: calls.append(params)
    )
    api.runtime.add_response("converse", converse_response({"text": "ok"}))
    status, _ = api.post(PATH, body(input=items, tools=[TOOL], include=["reasoning.encrypted_content"]))

    assert (status, visible) == (200, shown)
    assert calls[0]["messages"][1]["content"] == [SIGNED, REDACTED, USE]


def test_cached_and_reasoning_tokens(api: Api) -> None:
    api.base_serves()
    response = converse_response({"text": "x"})
    response["usage"] |= {"cacheReadInputTokens": 100, "cacheWriteInputTokens": 20, "totalTokens": 135}
    response["additionalModelResponseFields"] = {"usage": {"output_tokens_details": {"thinking_tokens": 3}}}
    api.runtime.add_response("converse", response)

    usage = api.post(PATH, body())[1]["usage"]

    assert (usage["input_tokens"], usage["total_tokens"]) == (130, 135)
    assert usage["input_tokens_details"] == {"cached_tokens": 100, "cache_write_tokens": 20}
    assert usage["output_tokens_details"] == {"reasoning_tokens": 3}


@pytest.mark.parametrize("kind", [{"type": "json_object"}, {"type": "json_schema", "name": "n", "schema": {}}])
def test_an_answer_that_follows_a_schema(api: Api, kind: dict[str, Any]) -> None:
    use = {"toolUse": {"toolUseId": "t", "name": "answer_as_json", "input": {"a": 1}}}

    value = answered(api, use, reason="tool_use", text={"format": kind})

    assert value["output"][0]["content"][0]["text"] == '{"a": 1}'
    assert value["text"]["format"]["type"] == kind["type"]
    assert value["tools"] == []
