"""Items of the Responses API: turns of Converse, calls of tools, images, and reasoning that survives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.conftest import Api, converse_response
from tests.inference_api.openai_responses.bodies import PATH, PIXEL, REDACTED, SIGNED, TOOL, USE, answered, body, sent


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
