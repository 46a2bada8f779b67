"""Streamed answers over real connections: cut anywhere, ended by Bedrock, left by the caller."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Any

import pytest

from inference_api import handler as edge
from inference_api.runtime import Invocation, StreamedResponse
from tests.inference_api.aws.test_client import END, STREAM, event, message
from tests.inference_api.aws.test_event_stream import decode
from tests.inference_api.conftest import converse_events
from tests.inference_api.on_the_wire import wired_service
from tests.inference_api.peer import AWAIT_CLOSE, CLOSE, RESET, Peer

CUTS = 200
WORDS = "The parcel left Basel on Monday and arrives on Thursday, between 9 and 12 o'clock. " * 4
EVENTS = [event(name, value) for name, value in converse_events({"text": WORDS}, {"text": WORDS})]
RECORDED = STREAM + b"".join(EVENTS) + END
CONVERSE_MESSAGES = [{"role": "user", "content": [{"text": "Hello"}]}]
REQUEST = {"model": "support-bot", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    with Peer() as made, wired_service(monkeypatch, made, order=("base",)):
        yield made


def ask(**changes: Any) -> StreamedResponse:
    return post("/v1/chat/completions", REQUEST | changes)


def post(path: str, body: Any) -> StreamedResponse:
    given = {"httpMethod": "POST", "path": path, "headers": {}, "body": json.dumps(body)}
    return edge.handler(given, Invocation(given, "request-1", deadline=0))


def values(content: bytes) -> list[Mapping[str, Any]]:
    """The JSON of each server-sent event, without [DONE]."""
    lines = [line.removeprefix("data: ") for line in content.decode().split("\n\n") if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def logged(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().err)


def test_the_whole_stream_is_a_success(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    peer.expect([[RECORDED]])

    response = ask(stream_options={"include_usage": True})
    content = b"".join(response.body)

    assert (response.status, content.endswith(b"data: [DONE]\n\n")) == (200, True)
    parts = values(content)
    assert "".join(part["choices"][0]["delta"].get("content", "") for part in parts[:-1]) == WORDS * 2
    assert parts[-1]["usage"]["total_tokens"] == 15
    line = logged(capsys)
    assert (line["error"], line["deltas"], line["usage"]["totalTokens"]) == (None, 4, 15)


def test_no_cut_stream_looks_like_a_whole_one(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(11)
    statuses = set()
    for point in chance.sample(range(len(RECORDED)), CUTS):
        peer.expect(repeat([RECORDED[:point], chance.choice([CLOSE, RESET])]))

        response = ask()
        content = b"".join(response.body)

        assert b"[DONE]" not in content, f"cut at byte {point} of {len(RECORDED)}"
        last = values(content)[-1] if response.status == 200 else json.loads(content)
        assert last["error"]["code"] == "service_unavailable"
        assert logged(capsys)["error"] is not None
        statuses.add(response.status)
    assert statuses == {200, 503}, "cuts before and after the first event"


def test_no_cut_stream_of_converse_looks_like_a_whole_one(peer: Peer) -> None:
    chance = random.Random(12)
    for point in [*chance.sample(range(len(RECORDED)), CUTS), len(RECORDED)]:
        peer.expect(repeat([RECORDED[:point], chance.choice([CLOSE, RESET])]))

        response = post("/model/support-bot/converse-stream", {"messages": CONVERSE_MESSAGES})
        content = b"".join(response.body)

        kinds = [headers[":message-type"] for headers, _ in decode(content)] if response.status == 200 else []
        whole = response.status == 200 and kinds[-1] == "event"
        assert whole == (point == len(RECORDED)), f"cut at byte {point} of {len(RECORDED)}"


def test_no_cut_response_looks_like_a_whole_one(peer: Peer) -> None:
    chance = random.Random(13)
    for point in [*chance.sample(range(len(RECORDED)), CUTS), len(RECORDED)]:
        peer.expect(repeat([RECORDED[:point], chance.choice([CLOSE, RESET])]))

        response = post("/v1/responses", {"model": "support-bot", "stream": True, "input": "Hello"})
        content = b"".join(response.body)

        kinds = [line.removeprefix("event: ") for line in content.decode().split("\n") if line.startswith("event: ")]
        end = ["response.completed"] if point == len(RECORDED) else ["response.failed", "error"]
        assert response.status == 503 or kinds[-len(end) :] == end, f"cut at byte {point} of {len(RECORDED)}"


def test_a_stream_without_a_stop_is_cut_though_it_ends_properly(peer: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    peer.expect([[STREAM + b"".join(EVENTS[:-2]) + END]])

    content = b"".join(ask().body)

    assert b"[DONE]" not in content
    assert values(content)[-1]["error"]["code"] == "stream_cut"
    assert logged(capsys)["error"] == "stream_cut"


EXCEPTION = message(b'{"message": "no"}', message_type="exception", exception_type="throttlingException")
UNKNOWN_STOP = event("messageStop", {"stopReason": "malformed_model_output"})


@pytest.mark.parametrize(
    ("end", "code", "name"),
    [
        (EXCEPTION + END, "rate_limit_exceeded", "ThrottlingException"),
        (EXCEPTION + b"".join(EVENTS) + END, "rate_limit_exceeded", "ThrottlingException"),
        (UNKNOWN_STOP + END, "model_error", "model_error"),
        (event("contentBlockDelta", {}) + END, "internal_error", "KeyError"),
    ],
    ids=["exception", "exception before the rest", "malformed answer", "unexpected event"],
)
def test_an_error_within_a_stream_is_the_last_event(
    peer: Peer, capsys: pytest.CaptureFixture[str], end: bytes, code: str, name: str
) -> None:
    peer.expect([[STREAM + b"".join(EVENTS[:3]) + end]])

    content = b"".join(ask().body)

    assert b"[DONE]" not in content
    assert values(content)[-1]["error"]["code"] == code
    assert logged(capsys)["error"] == name


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
def test_a_caller_who_leaves_ends_the_call_of_bedrock(
    peer: Peer, capsys: pytest.CaptureFixture[str], parts: int
) -> None:
    peer.expect([[STREAM + b"".join(EVENTS[:3]), AWAIT_CLOSE]])
    body = ask().body
    for _ in range(parts):
        next(body)

    body.close()

    assert peer.closed_by_client.wait(1)
    line = logged(capsys)
    assert (line["error"], line["status"]) == ("caller_left", 200)
    assert line["deltas"] == max(0, parts - 1), "the first part is the role"
