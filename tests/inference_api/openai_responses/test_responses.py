"""Requests of the Responses API to Converse, and its responses back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.conftest import Api, converse_response
from tests.inference_api.openai_responses.bodies import PATH, TOOL, answered, body, sent


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
