"""Streamed chat completions: the same answer, in chunks."""

from __future__ import annotations

import json

from inference_api.aws.client import Event
from tests.inference_api.chat_requests import PATH, TOOL, body
from tests.inference_api.conftest import Api, converse_events


def test_a_stream_contains_the_same_answer(api: Api) -> None:
    api.base_serves()
    api.clients.streams.append(converse_events({"text": "Hi"}))

    _, headers, content = api.raw(
        "POST", PATH, json.dumps(body(stream=True, stream_options={"include_usage": True})).encode()
    )

    events = content.decode().split("\n\n")
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    assert [chunk["choices"][0]["delta"] for chunk in chunks[:-1]] == [
        {"role": "assistant", "content": ""},
        {"content": "H"},
        {"content": "i"},
        {},
    ]
    assert [chunk.get("served_by", {}).get("kind") for chunk in chunks] == ["foundation-model", *[None] * 4]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] == 15


def test_a_streamed_call_without_arguments_has_an_empty_object(api: Api) -> None:
    use = {"toolUse": {"toolUseId": "t", "name": "weather", "input": {}}}
    start, begun, delta, *rest = converse_events(use, use, reason="tool_use")
    parts = ((0, ""), (1, "{"), (1, "}"))
    deltas = [
        Event(delta.name, {"contentBlockIndex": block, "delta": {"toolUse": {"input": text}}}) for block, text in parts
    ]
    api.base_serves()
    api.clients.streams.append([start, begun, deltas[0], *rest[:2], *deltas[1:], *rest[3:]])

    _, _, content = api.raw("POST", PATH, json.dumps(body(stream=True, tools=[TOOL])).encode())

    chunks = [json.loads(part.removeprefix("data: ")) for part in content.decode().split("\n\n")[:-2]]
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", [])]
    arguments = {index: [call["function"]["arguments"] for call in calls if call["index"] == index] for index in (0, 1)}
    assert arguments == {0: ["", "{}"], 1: ["", "{", "}"]}
