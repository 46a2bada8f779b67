"""Chat completions: OpenAI requests to Converse and its responses back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.inference_api.chat_requests import PATH, PIXEL, TOOL, USER, body, expect, image
from tests.inference_api.conftest import DEPLOYMENT_ARN, Api, converse_response


def test_the_answer_names_the_alias_and_its_target(api: Api) -> None:
    expect(api, {"text": "Good "}, {"text": "day"})

    status, headers, content = api.raw("POST", PATH, json.dumps(body()).encode())

    assert status == 200
    assert headers["x-bedrock-model"] == "amazon.nova-micro-v1:0"
    assert json.loads(content) == {
        "id": "chatcmpl-0001",
        "object": "chat.completion",
        "created": 1_800_000_000,
        "model": "support-bot",
        "system_fingerprint": "amazon.nova-micro-v1:0",
        "served_by": {
            "alias": "support-bot",
            "target": "amazon.nova-micro-v1:0",
            "kind": "foundation-model",
            "attempts": 1,
        },
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Good day", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "total_tokens": 15,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }


def test_a_promoted_deployment_serves_the_alias(api: Api) -> None:
    api.promoted()
    expected = {"modelId": DEPLOYMENT_ARN, "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    api.runtime.add_response("converse", converse_response({"text": "Hi"}), expected)

    status, answer = api.post(PATH, body())

    assert status == 200
    assert answer["served_by"] == {
        "alias": "support-bot",
        "target": "custom-model-deployment/abcdefgh1234",
        "kind": "custom-model-deployment",
        "attempts": 1,
    }


def test_sampling_settings_and_system_messages_reach_converse(api: Api) -> None:
    expect(
        api,
        {"text": "ok"},
        system=[{"text": "Be brief."}, {"text": "Be kind."}],
        inferenceConfig={"maxTokens": 7, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
    )
    messages = [{"role": "system", "content": "Be brief."}, USER, {"role": "developer", "content": "Be kind."}]

    status, _ = api.post(
        PATH,
        body(messages=messages, max_tokens=9, max_completion_tokens=7, temperature=0.5, top_p=0.9, stop="END", n=1),
    )

    assert status == 200


def test_images_tool_calls_and_results_become_alternating_turns(api: Api) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Basel"}'}}
    messages = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "What?"}, image(f"data:image/jpg;base64,{PIXEL}", format="image/jpg")],
        },
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "user", "content": "And now?"},
    ]
    expect(
        api,
        {"text": "ok"},
        messages=[
            {
                "role": "user",
                "content": [
                    {"text": "What?"},
                    {"image": {"format": "png", "source": {"bytes": b"\x89PNG bytes"}}},
                ],
            },
            {
                "role": "assistant",
                "content": [{"toolUse": {"toolUseId": "call_1", "name": "weather", "input": {"city": "Basel"}}}],
            },
            {
                "role": "user",
                "content": [
                    {"toolResult": {"toolUseId": "call_1", "content": [{"text": "rain"}]}},
                    {"text": "And now?"},
                ],
            },
        ],
        toolConfig={
            "tools": [
                {"toolSpec": {"name": "weather", "description": "d", "inputSchema": {"json": {"type": "object"}}}}
            ],
            "toolChoice": {"auto": {}},
        },
    )

    status, _ = api.post(PATH, body(messages=messages, tools=[TOOL], tool_choice="auto"))

    assert status == 200


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("required", {"any": {}}), ({"type": "function", "function": {"name": "weather"}}, {"tool": {"name": "weather"}})],
)
def test_a_tool_call_of_the_model_comes_back(api: Api, choice: Any, expected: dict[str, Any]) -> None:
    tools = [{"toolSpec": {"name": "weather", "description": "d", "inputSchema": {"json": {"type": "object"}}}}]
    use = {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Basel"}}}
    expect(api, use, reason="tool_use", toolConfig={"tools": tools, "toolChoice": expected})

    _, answer = api.post(PATH, body(tools=[TOOL], tool_choice=choice))

    (result,) = answer["choices"]
    assert result["finish_reason"] == "tool_calls"
    assert result["message"]["content"] is None
    assert result["message"]["tool_calls"] == [
        {"id": "tooluse_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Basel"}'}}
    ]


def test_tool_choice_none_sends_no_tools(api: Api) -> None:
    expect(api, {"text": "ok"})

    assert api.post(PATH, body(tools=[TOOL], tool_choice="none"))[0] == 200


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("max_tokens", "length"),
        ("stop_sequence", "stop"),
        ("model_context_window_exceeded", "length"),
        ("guardrail_intervened", "content_filter"),
        ("content_filtered", "content_filter"),
    ],
)
def test_finish_reasons(api: Api, reason: str, expected: str) -> None:
    expect(api, {"text": "x"}, reason=reason)

    assert api.post(PATH, body())[1]["choices"][0]["finish_reason"] == expected


@pytest.mark.parametrize("reason", ["malformed_tool_use", "something_new"])
def test_a_malformed_or_unknown_stop_reason_is_an_error(api: Api, reason: str) -> None:
    expect(api, {"text": "x"}, reason=reason)

    status, answer = api.post(PATH, body())

    assert status == 502
    assert reason in answer["error"]["message"]


def test_reasoning_tokens_are_counted_where_the_model_counts_them(api: Api) -> None:
    api.base_serves()
    more = {"usage": {"output_tokens_details": {"thinking_tokens": 3}}}
    api.runtime.add_response("converse", {**converse_response({"text": "x"}), "additionalModelResponseFields": more})

    usage = api.post(PATH, body())[1]["usage"]

    assert usage["completion_tokens_details"] == {"reasoning_tokens": 3}


def test_cached_tokens_count_as_prompt_tokens(api: Api) -> None:
    api.base_serves()
    response = converse_response({"text": "x"})
    response["usage"] |= {"cacheReadInputTokens": 100, "cacheWriteInputTokens": 20, "totalTokens": 135}
    api.runtime.add_response("converse", response)

    usage = api.post(PATH, body())[1]["usage"]

    assert (usage["prompt_tokens"], usage["total_tokens"]) == (130, 135)
    assert usage["prompt_tokens_details"] == {"cached_tokens": 100}
