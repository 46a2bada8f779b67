"""A streamed response: the events of OpenAI in their order, and one that says how it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from inference_api.aws.client import SILENCE, Event
from tests.inference_api.conftest import Api, converse_events, converse_response
from tests.inference_api.openai_responses.bodies import PATH, REDACTED, SIGNED, TOOL, USE, body

EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
ENDS = ("response.completed", "response.incomplete", "response.failed", "error")
MESSAGE = ["output_item.added", "content_part.added", "output_text.delta", "output_text.delta"]
MESSAGE += ["output_text.done", "content_part.done", "output_item.done"]
CALL = ["output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done"]


def reasoning_events(index: int, block: dict[str, Any]) -> list[Event]:
    content = block["reasoningContent"]
    text = content.get("reasoningText", content)
    deltas = [{"text": letter} for letter in text.get("text", "")]
    deltas += [{name: text[name]} for name in ("signature", "redactedContent") if name in text]
    parts = [{"contentBlockIndex": index, "delta": {"reasoningContent": delta}} for delta in deltas]
    return [*(Event("contentBlockDelta", part) for part in parts), Event("contentBlockStop", parts[0])]


def streamed(api: Api, events: list[Any], **change: Any) -> list[dict[str, Any]]:
    """The events, each checked against the model of OpenAI's client."""
    api.base_serves()
    api.clients.streams.append(events)
    status, headers, content = api.raw("POST", PATH, json.dumps(body(stream=True, **change)).encode())
    assert (status, headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    found = []
    for number, part in enumerate(part for part in content.decode().split("\n\n") if part and part[0] != ":"):
        kind, data = part.split("\n")
        value = json.loads(data.removeprefix("data: "))
        assert (kind, value["sequence_number"]) == (f"event: {value['type']}", number)
        EVENT.validate_json(json.dumps(value), strict=True)
        found.append(value)
    return found


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events]


def test_text_and_calls(api: Api) -> None:
    events = streamed(api, converse_events({"text": "Wait"}, USE, USE, reason="tool_use"), tools=[TOOL])

    assert kinds(events) == ["created", "in_progress", *MESSAGE, *CALL, *CALL, "completed"]
    assert [event["delta"] for event in events if event["type"] == "response.output_text.delta"] == ["Wa", "it"]
    assert [event["output_index"] for event in events if "output_index" in event] == [0] * 7 + [1] * 4 + [2] * 4


@pytest.mark.parametrize("summary", [None, "auto"])
@pytest.mark.parametrize("change", [{}, {"parallel_tool_calls": False}])
@pytest.mark.parametrize("reason", ["tool_use", "max_tokens", "content_filtered"])
def test_its_end_is_the_response_of_a_request_without_a_stream(
    api: Api, summary: str | None, change: dict[str, Any], reason: str
) -> None:
    change = {**change, "tools": [TOOL], "reasoning": {"summary": summary}}
    blocks: list[dict[str, Any]] = [{"text": 'Zürich \u2028 "x"'}, {"text": "more"}, USE, USE]
    events = [
        *reasoning_events(0, SIGNED),
        *reasoning_events(1, REDACTED),
        *converse_events(*({"text": "-"}, {"text": "-"}), *blocks, reason=reason)[7:],
    ]
    last = streamed(api, events, **change)[-1]["response"]
    api.runtime.add_response("converse", converse_response(SIGNED, REDACTED, *blocks, reason=reason))

    assert last == api.post(PATH, body(**change))[1]


@pytest.mark.parametrize(
    ("reasoning", "names"),
    [
        ({}, ("content_part", "reasoning_text")),
        ({"summary": "detailed"}, ("reasoning_summary_part", "reasoning_summary_text")),
    ],
)
def test_reasoning_comes_before_the_text(api: Api, reasoning: dict[str, Any], names: tuple[str, str]) -> None:
    part, text = names
    events = [*reasoning_events(0, SIGNED), *converse_events({"text": ""}, {"text": "Hi"})[4:]]

    found = streamed(api, events, reasoning=reasoning)

    own = [f"{part}.added", *[f"{text}.delta"] * 3, f"{text}.done", f"{part}.done"]
    expected = ["output_item.added", *own, "output_item.done", *MESSAGE, "completed"]
    assert kinds(found) == ["created", "in_progress", *expected]
    item = found[9]["item"]
    assert (item["type"], bool(item["encrypted_content"])) == ("reasoning", True)


def test_a_call_without_arguments_has_an_empty_object(api: Api) -> None:
    events = converse_events(USE, reason="tool_use")
    events[2] = Event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": ""}}})

    found = streamed(api, events, tools=[TOOL])

    assert kinds(found)[2:-1] == CALL
    assert found[-1]["response"]["output"][0]["arguments"] == "{}"


def test_silence_is_a_comment(api: Api) -> None:
    api.base_serves()
    start, *events = converse_events({"text": "Hi"})
    api.clients.streams.append([start, SILENCE, *events])

    _, _, content = api.raw("POST", PATH, json.dumps(body(stream=True)).encode())

    assert b"\n\n: still waiting\n\nevent: response.output_item.added" in content


def test_a_cut_anywhere_fails(api: Api) -> None:
    whole = converse_events({"text": "Hi"}, USE, reason="tool_use")
    for length in range(1, len(whole) - 1):  # with messageStop the answer is whole
        api.configure(["on-demand", "base"])
        found = streamed(api, whole[:length], tools=[TOOL])

        assert [kind for kind in (event["type"] for event in found) if kind in ENDS] == ["response.failed", "error"]
        assert found[-2]["response"]["status"] == "failed"
        assert found[-2]["response"]["error"]["code"] == "server_error"
        assert found[-1]["error"] | {"type": "x"} == {
            "message": found[-1]["message"],
            "type": "x",
            "param": None,
            "code": "stream_cut",
        }
        assert api.facts.error == "stream_cut"


def test_an_error_within_the_stream_is_its_end(api: Api) -> None:
    events = converse_events({"text": "Hi"}, reason="malformed_model_output")

    found = streamed(api, events)

    assert kinds(found)[-2:] == ["failed", "error"]
    assert (found[-1]["code"], api.facts.error) == ("model_error", "model_error")
    assert found[-2]["response"]["output"][0]["status"] == "incomplete"


def test_reasoning_tokens_of_a_stream(api: Api) -> None:
    events = converse_events({"text": "Hi"})
    stop = events[-2].value | {
        "additionalModelResponseFields": {"usage": {"output_tokens_details": {"thinking_tokens": 4}}}
    }
    events[-2] = Event("messageStop", stop)

    usage = streamed(api, events)[-1]["response"]["usage"]

    assert usage["output_tokens_details"] == {"reasoning_tokens": 4}
