"""Fallback over real connections: each failure is one request to one target, up to the first event of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from inference_api.http_messages import Answer, Facts, Request
from inference_api.routes import respond
from inference_api.service import Service
from tests.inference_api.aws.test_client import END, STREAM
from tests.inference_api.conftest import DEPLOYMENT_ARN, MICRO, ORDER, THROUGHPUT_ARN, converse_response
from tests.inference_api.on_the_wire import wired_service
from tests.inference_api.peer import CLOSE, RESET, Peer, Steps, sized
from tests.inference_api.test_streams_on_the_wire import EVENTS, EXCEPTION, RECORDED

ANSWER = sized(json.dumps(converse_response({"text": "Hi"})).encode())


def refusal(code: str, status: int) -> bytes:
    return sized(b'{"message": "no"}', f"x-amzn-ErrorType: {code}", status=status)


THROTTLED, UNAVAILABLE = refusal("ThrottlingException", 429), refusal("ServiceUnavailableException", 503)
FAILURES: dict[str, tuple[Steps, str]] = {
    "throttled": ([THROTTLED], "ThrottlingException"),
    "unavailable": ([UNAVAILABLE], "ServiceUnavailableException"),
    "reset": ([RESET], "ConnectionError from ConnectionResetError"),
    "closed": ([CLOSE], "ConnectionError from ConnectionError"),
    "cut": ([ANSWER[:-1], CLOSE], "ConnectionError"),
    "gateway": ([sized(b"<html>", status=502)], "502"),
}
STREAM_FAILURES: dict[str, tuple[Steps, str]] = {
    **FAILURES,
    "empty": ([STREAM + END], "stream_cut"),
    "cut": ([STREAM + EVENTS[0][:30], CLOSE], "ConnectionError"),
    "exception": ([STREAM + EXCEPTION + END], "ThrottlingException"),
    "no event stream": ([ANSWER], "BrokenStreamError"),
}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as made:
        yield made


@pytest.fixture
def service(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with wired_service(monkeypatch, peer, order=ORDER) as made:
        yield made


def ask(service: Service, *, stream: bool) -> tuple[Answer, bytes, Facts]:
    body = {"model": "support-bot", "stream": stream, "messages": [{"role": "user", "content": "Hello"}]}
    answer, facts = respond(Request("POST", "/v1/chat/completions", json.dumps(body).encode()), service)
    return answer, b"".join(answer.body), facts


def asked(peer: Peer) -> list[str]:
    return [request.split(b" ")[1].decode() for request in peer.requests]


def paths(operation: str) -> list[str]:
    return [f"/model/{quote(id, safe='')}/{operation}" for id in (THROUGHPUT_ARN, DEPLOYMENT_ARN, MICRO["model"])]


@pytest.mark.parametrize(("failure", "name"), FAILURES.values(), ids=FAILURES)
def test_the_next_target_answers(peer: Peer, service: Service, failure: Steps, name: str) -> None:
    peer.expect([failure, [ANSWER]])

    answer, content, facts = ask(service, stream=False)

    assert (answer.status, answer.headers["x-bedrock-kit-attempts"]) == (200, "2")
    assert json.loads(content)["choices"][0]["message"]["content"] == "Hi"
    assert asked(peer) == paths("converse")[:2]
    assert [attempt.error for attempt in facts.attempts] == [name, None]


@pytest.mark.parametrize(("failure", "name"), STREAM_FAILURES.values(), ids=STREAM_FAILURES)
def test_the_next_target_streams(peer: Peer, service: Service, failure: Steps, name: str) -> None:
    peer.expect([failure, [RECORDED]])

    answer, content, facts = ask(service, stream=True)

    assert (answer.status, answer.headers["x-bedrock-kit-attempts"]) == (200, "2")
    assert content.endswith(b"data: [DONE]\n\n")
    assert b'"error"' not in content
    assert asked(peer) == paths("converse-stream")[:2]
    assert [attempt.error for attempt in facts.attempts] == [name, None]


@pytest.mark.parametrize("stream", [False, True])
def test_at_most_three_requests_are_sent(peer: Peer, service: Service, stream: bool) -> None:
    peer.expect([[THROTTLED], [RESET], [UNAVAILABLE], [ANSWER]])

    answer, content, _ = ask(service, stream=stream)

    assert (answer.status, json.loads(content)["error"]["code"]) == (503, "service_unavailable")
    assert asked(peer) == paths("converse-stream" if stream else "converse")


def test_no_other_target_is_asked_after_the_first_event(peer: Peer, service: Service) -> None:
    peer.expect([[STREAM + EVENTS[0] + EXCEPTION + END], [RECORDED]])

    answer, content, _ = ask(service, stream=True)

    assert (answer.status, len(peer.requests)) == (200, 1)
    assert b"rate_limit_exceeded" in content.split(b"\n\n")[-2]
