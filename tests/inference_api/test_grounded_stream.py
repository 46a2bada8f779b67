"""Streams of /v1/retrieve-and-generate: texts and citations as they arrive, an error event where they break off."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from inference_api.aws.client import SILENCE, Event
from tests.inference_api.aws.test_client import END, STREAM, event, message
from tests.inference_api.conftest import MICRO, Api, converse_events
from tests.inference_api.on_the_wire import wired_service
from tests.inference_api.peer import AWAIT_CLOSE, CLOSE, RESET, Peer, sized
from tests.inference_api.test_retrieval import LOCATION
from tests.inference_api.test_streams_on_the_wire import logged, post

PATH = "/v1/retrieve-and-generate"
BODY = {"query": "How often?", "stream": True}
TEXTS = ("🫖 Every two ", "months. ", "Use vinegar.")
HEAD = STREAM.replace(b"\r\n\r\n", b"\r\nx-amzn-bedrock-knowledge-base-session-id: session-1\r\n\r\n")


def citation(text: str, start: int) -> Event:
    part = {"textResponsePart": {"text": text, "span": {"start": start, "end": start + len(text) - 1}}}
    references = [{"content": {"text": "Descale."}, "location": LOCATION}]
    return Event("citation", {"generatedResponsePart": part, "retrievedReferences": references})


EVENTS = [
    *[Event("output", {"text": text}) for text in TEXTS[:2]],
    citation("🫖 Every two months.", 0),
    citation("Use vinegar.", 20),  # before its text
    SILENCE,
    Event("output", {"text": TEXTS[2]}),
    citation("not in the answer", 5),
]
WIRE = [event(name, value) for name, value in EVENTS if name]
RECORDED = HEAD + b"".join(WIRE) + END


def parsed(content: bytes) -> list[tuple[str, Any]]:
    """(event, data) of each server-sent event, and ("comment", text)."""
    found: list[tuple[str, Any]] = []
    for block in content.decode().split("\n\n")[:-1]:
        if block.startswith(":"):
            found.append(("comment", block))
            continue
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def ask(api: Api, *events: Any, **body: Any) -> tuple[int, list[tuple[str, Any]]]:
    api.clients.streams.append(list(events))
    status, headers, content = api.raw("POST", PATH, json.dumps(BODY | body).encode())
    assert headers["Content-Type"].startswith("text/event-stream")
    return status, parsed(content)


def test_texts_and_citations_arrive_in_order(api: Api) -> None:
    status, events = ask(api, *EVENTS)

    assert status == 200
    assert [name for name, _ in events] == [
        "start",
        "text",
        "text",
        "citation",
        "comment",
        "text",
        "citation",
        "citation",
        "end",
    ]
    start = events[0][1]
    assert (start["session_id"], start["model"]) == ("session-1", MICRO["model"])
    assert start["served_by"]["attempts"] == 1
    answer = "".join(data["text"] for name, data in events if name == "text")
    assert answer == "".join(TEXTS)
    citations = [data for name, data in events if name == "citation"]
    assert [answer[each["start"] : each["end"]] for each in citations[:2]] == ["🫖 Every two months.", "Use vinegar."]
    assert citations[0]["sources"] == [{"source": "s3://documents/descaling.md", "text": "Descale."}]
    assert (citations[2]["start"], citations[2]["end"]) == (None, None)
    assert (events[-1][1], api.facts.deltas) == ({"session_id": "session-1"}, 3)


def test_the_older_form_of_a_citation_and_a_guardrail(api: Api) -> None:
    older = Event("citation", {"citation": citation(TEXTS[2], 0).value})

    _, events = ask(api, Event("output", {"text": TEXTS[2]}), older, Event("guardrail", {"action": "INTERVENED"}))

    assert events[2][1]["end"] == len(TEXTS[2])
    assert events[3] == ("guardrail", {"action": "INTERVENED"})
    assert api.facts.intervened


def test_another_target_answers_until_the_first_event(api: Api) -> None:
    api.publishes(serving={"target_arn": "arn:aws:bedrock:us-east-1:1:custom-model-deployment/a", "kind": KIND})
    api.clients.streams.append([])  # it ends before an answer

    _, events = ask(api, Event("output", {"text": "Yes"}), model="support-bot")

    assert [name for name, _ in events] == ["start", "text", "end"]
    assert events[0][1]["served_by"]["kind"] == "foundation-model"
    assert api.facts.error is None


KIND = "custom-model-deployment"


def test_an_answer_without_text_is_no_success(api: Api) -> None:
    status, events = ask(api, citation("x", 0))

    assert (status, events[-1][0], events[-1][1]["error"]["code"]) == (200, "error", "stream_cut")
    assert api.facts.error == "stream_cut"


@pytest.mark.parametrize("stream", [1, "true"])
def test_stream_is_true_or_false(api: Api, stream: Any) -> None:
    status, answer = api.post(PATH, BODY | {"stream": stream})

    assert (status, answer["error"]["param"]) == (400, "stream")


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    with Peer() as made, wired_service(monkeypatch, made, order=("base",)):
        yield made


def test_the_whole_stream_over_a_connection(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    peer.expect([[RECORDED]])

    events = parsed(b"".join(post(PATH, BODY).body))

    assert (events[0][1]["session_id"], events[-1][0]) == ("session-1", "end")
    assert peer.requests[0].startswith(b"POST /retrieveAndGenerateStream ")
    assert logged(capsys)["error"] is None


def test_no_cut_stream_looks_like_a_whole_one(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(13)
    between = [len(HEAD) + sum(map(len, WIRE[:count])) for count in range(1, len(WIRE) + 1)]
    for point in [*between, *chance.sample(range(len(RECORDED)), 60)]:
        peer.expect([[RECORDED[:point], chance.choice([CLOSE, RESET])]] * 3)

        response = post(PATH, BODY)
        content = b"".join(response.body)

        if response.status == 200:
            assert parsed(content)[-1][0] == "error", f"cut at byte {point} of {len(RECORDED)}"
        assert logged(capsys)["error"] is not None


def test_an_exception_of_bedrock_is_an_error_event(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    refused = message(b'{"message": "no"}', message_type="exception", exception_type="throttlingException")
    peer.expect([[HEAD + WIRE[0] + refused + END]])

    events = parsed(b"".join(post(PATH, BODY).body))

    assert (events[-1][0], events[-1][1]["error"]["code"]) == ("error", "rate_limit_exceeded")
    assert logged(capsys)["error"] == "ThrottlingException"


def test_a_caller_who_leaves_ends_the_turn_after_a_search(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    use = {"toolUse": {"toolUseId": "use-1", "name": "file_search", "input": {"query": "descaling"}}}
    search = [event(name, value) for name, value in converse_events(use, reason="tool_use")]
    answer = [event(name, value) for name, value in converse_events({"text": "Often"})]
    peer.expect(
        [
            [STREAM + b"".join(search) + END],
            [sized(b'{"retrievalResults": []}')],
            [STREAM + b"".join(answer[:2]), AWAIT_CLOSE],
        ]
    )
    request = {
        "model": "support-bot",
        "stream": True,
        "messages": [{"role": "user", "content": "How often?"}],
        "tools": [{"type": "file_search", "vector_store_ids": ["documents"]}],
    }
    response = post("/v1/chat/completions", request)
    assert any(b'"Of"' in part for part in response.body)

    response.body.close()

    assert peer.closed_by_client.wait(1)
    assert logged(capsys)["error"] == "caller_left"


def test_a_caller_who_leaves_ends_the_call(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    peer.expect([[HEAD + WIRE[0], AWAIT_CLOSE]])
    response = post(PATH, BODY)
    assert b"event: start" in next(response.body)

    response.body.close()

    assert peer.closed_by_client.wait(1)
    assert logged(capsys)["error"] == "caller_left"
