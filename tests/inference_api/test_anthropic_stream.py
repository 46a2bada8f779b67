"""Streamed and other answers of /v1/messages, first of all those that break off."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference_api.anthropic_messages.answer import Form, usage_of
from inference_api.anthropic_messages.stream import events_of
from inference_api.aws.client import SILENCE, Event
from inference_api.aws.errors import AwsError
from inference_api.http_messages import Facts
from tests.inference_api.anthropic_requests import PATH, TOOL, body, parsed, post
from tests.inference_api.conftest import Api, converse_events, converse_response

USE = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Basel"}}}
FORM = Form("1", "support-bot", "v", None, {}, one_tool_call=False, stop_sequences=())
ANSWER = converse_events({"text": "Wait"}, USE, USE, reason="tool_use")


def streamed(api: Api, *events: Event, **change: Any) -> list[dict[str, Any]]:
    api.base_serves()
    api.clients.streams.append([*events])
    status, _, content = api.raw("POST", PATH, json.dumps(body(stream=True, tools=[TOOL], **change)).encode())
    assert status == 200
    return parsed(content)


def of_events(*events: Event, form: Form = FORM) -> list[dict[str, Any]]:
    return parsed(b"".join(events_of((event for event in events), form, request_id="r", facts=Facts())))


@pytest.mark.parametrize("kept", range(1, len(ANSWER) - 1))
def test_a_stream_that_is_cut_at_any_event_ends_with_an_error(api: Api, kept: int) -> None:
    events = streamed(api, *ANSWER[:kept])

    types = [event["type"] for event in events]
    assert (types[0], types[-1]) == ("message_start", "error")
    assert not {"message_delta", "message_stop"}.intersection(types)
    assert events[-1]["error"]["type"] == "api_error"
    assert api.facts.error == "stream_cut"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AwsError("ThrottlingException", "x", status=429), "rate_limit_error"),
        (AwsError("ModelStreamErrorException", "x", status=424), "api_error"),
        (AwsError("ServiceUnavailableException", "x", status=503), "overloaded_error"),
        (ConnectionResetError(), "overloaded_error"),
        (KeyError("x"), "api_error"),
    ],
)
def test_an_error_of_the_stream_is_an_event(error: Exception, kind: str) -> None:
    def events() -> Any:
        yield from ANSWER[:3]
        raise error

    facts = Facts()
    found = parsed(b"".join(events_of(events(), FORM, request_id="r", facts=facts)))

    assert (found[-1]["type"], found[-1]["error"]["type"], found[-1]["request_id"]) == ("error", kind, "r")
    assert facts.error


def test_an_answer_that_is_not_complete_is_an_error(api: Api) -> None:
    events = streamed(api, *converse_events({"text": "x"}, reason="malformed_tool_use"))
    api.runtime.add_response("converse", converse_response({"text": "x"}, reason="malformed_tool_use"))
    status, answer = post(api)

    assert events[-1]["error"]["code"] == "model_error"
    assert (status, answer["error"]["type"]) == (502, "api_error")


def test_the_events_of_an_answer(api: Api) -> None:
    start, *events = ANSWER
    found = streamed(api, start, SILENCE, *events)

    message = found[0]["message"]
    assert (message["id"], message["model"], message["content"]) == ("msg_0001", "support-bot", [])
    assert [event["type"] for event in found[1:6]] == [
        "ping",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
    ]
    assert found[7]["delta"] == {"type": "input_json_delta", "partial_json": '{"city": "Basel"}'}
    assert found[-2] == {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": usage_of({"inputTokens": 10, "outputTokens": 5}),
    }
    assert found[-1] == {"type": "message_stop"}


def test_an_empty_text_before_a_call_is_no_block(api: Api) -> None:
    """Anthropic refuses such a block in the next request."""
    use = {"toolUse": {"toolUseId": "t", "name": "f", "input": {}}}
    api.runtime.add_response("converse", converse_response({"text": ""}, use, reason="tool_use"))

    events = streamed(api, *converse_events({"text": ""}, use, reason="tool_use"))
    _, answer = post(api)

    starts = [event["content_block"]["type"] for event in events if event["type"] == "content_block_start"]
    assert starts == [block["type"] for block in answer["content"]] == ["tool_use"]


def test_one_tool_call_of_a_stream(api: Api) -> None:
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    found = streamed(api, *ANSWER, tool_choice=choice)

    starts = [event["content_block"]["type"] for event in found if event["type"] == "content_block_start"]
    assert starts == ["text", "tool_use"]


TEXT = st.builds(lambda text: {"text": text}, st.text())
REASONING = st.builds(
    lambda field, text: {"reasoningContent": {field: text}}, st.sampled_from(["text", "signature"]), st.text()
)
REDACTED = st.just({"reasoningContent": {"redactedContent": "eA=="}})
OTHER = st.sampled_from([{"citation": {}}, {"toolUse": {"input": "{}"}}])
AT = st.integers(0, 2)
DELTAS = st.builds(
    lambda at, delta: Event("contentBlockDelta", {"contentBlockIndex": at, "delta": delta}),
    AT,
    TEXT | REASONING | REDACTED | OTHER,
)
CALLS = st.builds(
    lambda at: Event(
        "contentBlockStart", {"contentBlockIndex": at, "start": {"toolUse": {"toolUseId": "t", "name": "n"}}}
    ),
    AT,
)
STOPS = st.builds(lambda at: Event("contentBlockStop", {"contentBlockIndex": at}), AT)
PARTS = st.lists(DELTAS | CALLS | STOPS | st.just(SILENCE), max_size=12)


def delta(at: int, text: str) -> Event:
    return Event("contentBlockDelta", {"contentBlockIndex": at, "delta": {"text": text}})


@given(PARTS)
@example([delta(0, "a"), Event("contentBlockStop", {"contentBlockIndex": 0}), delta(0, "b")])
@example([delta(0, "a"), delta(1, "b"), delta(0, "c")])
def test_deltas_are_inside_of_blocks_and_blocks_end(events: list[Event]) -> None:
    """Whatever a model sends: clients put an answer together by these rules."""
    ended = [*events, Event("messageStop", {"stopReason": "end_turn"})]
    opened: dict[int, str] = {}
    number, texts = 0, []
    for event in of_events(*ended):
        if event["type"] == "content_block_start":
            assert event["index"] == number
            number += 1
            opened[event["index"]] = event["content_block"]["type"]
        elif event["type"] == "content_block_delta":
            kind, _, _ = event["delta"]["type"].partition("_")
            assert opened[event["index"]] in {"text": ("text",), "input": ("tool_use",)}.get(kind, ("thinking",))
            texts.append(event["delta"].get("text", ""))
        elif event["type"] == "content_block_stop":
            del opened[event["index"]]
    assert opened == {}
    assert "".join(texts) == "".join(event.value["delta"].get("text", "") for event in events if "delta" in event.value)


@given(st.text(alphabet=st.characters()))
def test_text_arrives_as_it_was(text: str) -> None:
    """Surrogates without their other half are no UTF-8, and become question marks."""
    found = of_events(delta(0, "a"), delta(0, text), Event("messageStop", {"stopReason": "end_turn"}))

    assert found[3]["delta"]["text"] == text.encode("utf-8", "replace").decode()


REASONS = {
    "end_turn": "end_turn",
    "max_tokens": "max_tokens",
    "guardrail_intervened": "refusal",
    "content_filtered": "refusal",
    "model_context_window_exceeded": "model_context_window_exceeded",
}


@pytest.mark.parametrize("reason", REASONS)
def test_why_the_model_stopped(api: Api, reason: str) -> None:
    found = streamed(api, *converse_events({"text": "x"}, reason=reason))
    api.runtime.add_response("converse", converse_response({"text": "x"}, reason=reason))

    _, answer = post(api)

    assert found[-2]["delta"]["stop_reason"] == answer["stop_reason"] == REASONS[reason]


@pytest.mark.parametrize(
    ("asked", "more", "expected"),
    [
        (["END"], {}, "END"),
        (["a", "b"], {"additionalModelResponseFields": {"stop_sequence": "b"}}, "b"),
        (["a", "b"], {}, None),
    ],
)
def test_which_stop_sequence_it_was(api: Api, asked: list[str], more: dict[str, Any], expected: str | None) -> None:
    events = converse_events({"text": "x"}, reason="stop_sequence")
    events[-2] = Event("messageStop", {"stopReason": "stop_sequence", **more})
    found = streamed(api, *events, stop_sequences=asked)
    api.runtime.add_response("converse", converse_response({"text": "x"}, reason="stop_sequence") | more)

    _, answer = post(api, stop_sequences=asked)

    assert found[-2]["delta"] == {"stop_reason": "stop_sequence", "stop_sequence": expected}
    assert (answer["stop_reason"], answer["stop_sequence"]) == ("stop_sequence", expected)


def test_reasoning_and_cached_tokens(api: Api) -> None:
    blocks: list[dict[str, Any]] = [
        {"reasoningContent": {"reasoningText": {"text": "Hm."}}},
        {"reasoningContent": {"redactedContent": b"x"}},
        {"text": "Hi"},
    ]
    response = converse_response(*blocks)
    details = [{"ttl": "1h", "inputTokens": 7}]
    response["usage"] |= {"cacheReadInputTokens": 3, "cacheWriteInputTokens": 7, "cacheDetails": details}
    api.base_serves()
    api.runtime.add_response("converse", response)

    _, answer = post(api)

    assert answer["content"] == [
        {"type": "thinking", "thinking": "Hm.", "signature": ""},
        {"type": "redacted_thinking", "data": "eA=="},
        {"type": "text", "text": "Hi"},
    ]
    assert answer["usage"] == {
        "input_tokens": 10,
        "output_tokens": 5,
        "cache_creation_input_tokens": 7,
        "cache_read_input_tokens": 3,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 7},
    }
