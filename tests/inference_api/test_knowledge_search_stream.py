"""file_search in streamed chat completions: one stream for the turns before and after a search."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api.aws.client import Event
from tests.inference_api.conftest import Api, converse_events
from tests.inference_api.knowledge_search import CALL, CHAT, SEARCH, body, retrieved


def streamed(api: Api, *turns: list[Event], **more: Any) -> list[Any]:
    api.base_serves()
    api.clients.streams = [*turns]
    status, _, content = api.raw("POST", CHAT, json.dumps(body(SEARCH, stream=True, **more)).encode())
    assert status == 200
    return [line.removeprefix("data: ") for line in content.decode().split("\n\n") if line.startswith("data: ")]


def test_a_stream_has_the_text_of_all_turns_and_annotations(api: Api) -> None:
    retrieved(api)
    first = converse_events({"text": "I look it up."}, CALL, reason="tool_use")
    second = converse_events({"text": "🫖 Every two months【1】."})

    lines = streamed(api, first, second, stream_options={"include_usage": True})

    assert lines[-1] == "[DONE]"
    *parts, usage = [json.loads(line) for line in lines[:-1]]
    deltas = [part["choices"][0]["delta"] for part in parts]
    text = "".join(delta.get("content", "") for delta in deltas)
    assert text == "I look it up.\n\n🫖 Every two months."
    annotations = [each["url_citation"] for delta in deltas for each in delta.get("annotations", [])]
    assert [text[each["start_index"] : each["end_index"]] for each in annotations] == ["🫖 Every two months"]
    assert [part["choices"][0]["finish_reason"] for part in parts if part["choices"][0]["finish_reason"]] == ["stop"]
    assert not any("tool_calls" in delta for delta in deltas)
    assert (usage["usage"]["total_tokens"], api.facts.usage["totalTokens"] if api.facts.usage else 0) == (30, 30)


def test_the_reasoning_before_a_search_goes_back_with_its_signature(api: Api) -> None:
    """Claude refuses a conversation without it."""
    retrieved(api)
    reasoning = [{"text": "Let me "}, {"text": "see."}, {"signature": "signed"}]
    thought = [
        Event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": part}}) for part in reasoning
    ]
    turn = converse_events(CALL, reason="tool_use")
    moved = [
        Event(e.name, {**e.value, "contentBlockIndex": 1} if "contentBlockIndex" in e.value else e.value) for e in turn
    ]
    sent: list[Any] = []
    stream = api.clients.converse_stream

    def recording(model_id: str, request: Any, *, read_seconds: float) -> Any:
        sent.append(request)
        return stream(model_id, request, read_seconds=read_seconds)

    api.clients.converse_stream = recording  # type: ignore[method-assign]
    lines = streamed(api, [moved[0], *thought, *moved[1:]], converse_events({"text": "Often"}))

    text = {"text": "Let me see.", "signature": "signed"}
    assert sent[1]["messages"][1]["content"] == [{"reasoningContent": {"reasoningText": text}}, CALL]
    assert lines[-1] == "[DONE]"


@pytest.mark.parametrize(
    "broken",
    [
        converse_events({"text": "Every two"})[:-2],
        [Event("messageStart", {"role": "assistant"}), Event("contentBlockDelta", {"nonsense": 1})],
    ],
    ids=["cut", "unexpected"],
)
def test_a_stream_that_breaks_off_after_a_search_says_so(api: Api, broken: list[Event]) -> None:
    retrieved(api)

    lines = streamed(api, converse_events(CALL, reason="tool_use"), broken)

    assert "error" in json.loads(lines[-1])
    assert api.facts.error is not None


def test_a_search_that_fails_in_a_stream_is_an_error_event(api: Api) -> None:
    api.agent.add_client_error("retrieve", "ThrottlingException")

    lines = streamed(api, converse_events(CALL, reason="tool_use"))

    assert json.loads(lines[-1])["error"]["code"] == "rate_limit_exceeded"
    assert api.facts.error == "ThrottlingException"
