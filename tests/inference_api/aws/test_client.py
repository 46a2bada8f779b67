"""Calls and streams against a local server: answers, errors in each place where AWS puts them, and silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from inference_api.aws.client import SILENCE, Client, Event, label
from inference_api.aws.connections import ReadTimeoutError
from inference_api.aws.errors import AwsError
from inference_api.errors import api_error
from kit_contract.aws_errors import code_of, message_of, status_of
from tests.inference_api.aws.test_event_stream import frame, text_header
from tests.inference_api.peer import AWAIT_CLOSE, CLOSE, RESET, Peer, Steps, sized

STREAM = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
PATH = "/model/m/converse"


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    with Peer() as made:
        settings = {"ENDPOINT_URL": made.url, "REGION": "us-east-1", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}
        for name, value in settings.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        yield made


def message(payload: bytes, **headers: str) -> bytes:
    """A frame as a chunk. `headers`: names without `:` and with `_` for `-`."""
    content = frame({f":{name.replace('_', '-')}": text_header(value) for name, value in headers.items()}, payload)
    return b"%x\r\n%b\r\n" % (len(content), content)


def event(name: str, value: Any) -> bytes:
    return message(json.dumps(value).encode(), message_type="event", event_type=name)


def call(peer: Peer, *steps: Any, target: str = "") -> Any:
    peer.expect([steps])
    return Client("bedrock-runtime", signing_name="bedrock").call(PATH, {"a": "é"}, read_seconds=5, target=target)


def stream(peer: Peer, *steps: Any, read_seconds: float = 5.0, quiet_seconds: float = 5.0) -> Iterator[Event]:
    peer.expect([steps])
    client = Client("bedrock-runtime", signing_name="bedrock")
    return client.stream(PATH, {}, read_seconds=read_seconds, quiet_seconds=quiet_seconds)


def test_a_call(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")

    assert call(peer, sized(b'{"b": [1]}'), target="AmazonSSM.GetParameters") == {"b": [1]}

    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == f"post {PATH} http/1.1"
    assert {"x-amz-target: amazonssm.getparameters", "x-amz-security-token: token", f"host: {peer.address}"} <= {*lines}
    assert any("/us-east-1/bedrock/aws4_request" in line for line in lines)
    assert json.loads(body) == {"a": "é"}


def test_an_arn_is_one_segment_of_a_path() -> None:
    assert label("arn:aws:bedrock:us-east-1:1:provisioned-model/a") == (
        "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aprovisioned-model%2Fa"
    )


THROTTLED = ("ThrottlingException", "slow down", 429)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (sized(b'{"message": "slow down"}', "x-amzn-ErrorType: ThrottlingException", status=429), THROTTLED),
        (
            sized(b'{"message": "slow down"}', "X-Amzn-Errortype: ThrottlingException:http://aws.example/", status=429),
            THROTTLED,
        ),
        (sized(b'{"__type": "com.amazon.x#ThrottlingException", "Message": "slow down"}', status=429), THROTTLED),
        (sized(b'{"code": "ThrottlingException", "message": "slow down"}', status=429), THROTTLED),
        (sized(b"<html>Bad gateway</html>", status=502), ("502", "", 502)),
        (sized(b"[1]", status=500), ("500", "", 500)),
        (sized(b"", status=503), ("503", "", 503)),
        (sized(b"", status=301), ("301", "", 301)),
    ],
)
def test_an_error_has_its_code_message_and_status(peer: Peer, response: bytes, expected: tuple[str, str, int]) -> None:
    for ask in (call, stream):
        with pytest.raises(AwsError) as raised:
            ask(peer, response)
        assert (code_of(raised.value), message_of(raised.value), status_of(raised.value)) == expected


def test_events_and_silence(peer: Peer) -> None:
    first, second = event("messageStart", {"role": "assistant"}), event("messageStop", {"stopReason": "end_turn"})
    steps = [STREAM + first[:20], 0.15, first[20:] + second[:-2], 0.05, second[-2:], 0.15, END]

    found = list(stream(peer, *steps, quiet_seconds=0.1))

    assert found == [
        SILENCE,
        Event("messageStart", {"role": "assistant"}),
        Event("messageStop", {"stopReason": "end_turn"}),
        SILENCE,
    ]
    assert found[0] is SILENCE


DELTA = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hi"}})


@pytest.mark.parametrize(
    ("broken", "code", "status"),
    [
        (
            message(b'{"message": "no"}', message_type="exception", exception_type="throttlingException"),
            "ThrottlingException",
            429,
        ),
        (
            message(
                b'{"message": "no", "originalStatusCode": 424}',
                message_type="exception",
                exception_type="modelStreamErrorException",
            ),
            "ModelStreamErrorException",
            502,
        ),
        (message(b"", message_type="exception", exception_type="modelTimeoutException"), "ModelTimeoutException", 504),
        (
            message(b"oops", message_type="exception", exception_type="serviceUnavailableException"),
            "ServiceUnavailableException",
            503,
        ),
        (
            message(b"[]", message_type="exception", exception_type="serviceUnavailableException"),
            "ServiceUnavailableException",
            503,
        ),
        (
            message(b"", message_type="error", error_code="InternalServerException", error_message="no"),
            "InternalServerException",
            503,
        ),
        (message(b"", message_type="error", error_code="SomethingNew", error_message="no"), "SomethingNew", 503),
        (message(b"{}", message_type="future"), "InternalServerException", 503),
        (message(b"{}"), "InternalServerException", 503),
    ],
)
def test_an_error_within_a_stream_follows_the_events_before_it(
    peer: Peer, broken: bytes, code: str, status: int
) -> None:
    events = stream(peer, STREAM + DELTA + broken + DELTA + END)

    assert next(events).name == "contentBlockDelta"
    with pytest.raises(AwsError) as raised:
        next(events)
    assert code_of(raised.value) == code
    assert api_error(raised.value).status == status


@pytest.mark.parametrize(
    "steps",
    [[STREAM + DELTA + DELTA[:-9], CLOSE], [STREAM + DELTA, RESET], [STREAM + DELTA + b"3\r\nabc\r\n" + END]],
    ids=["closed", "reset", "incomplete frame"],
)
def test_a_broken_stream(peer: Peer, steps: Steps) -> None:
    with pytest.raises(ConnectionError):
        list(stream(peer, *steps))


def test_a_stream_that_falls_silent(peer: Peer) -> None:
    events = stream(peer, STREAM + DELTA, AWAIT_CLOSE, quiet_seconds=0.05, read_seconds=0.14)

    assert [next(events).name, next(events) is SILENCE, next(events) is SILENCE] == ["contentBlockDelta", True, True]
    with pytest.raises(ReadTimeoutError):
        next(events)
    assert peer.closed_by_client.wait(1)


def test_a_whole_stream_leaves_its_connection_open(peer: Peer) -> None:
    peer.expect([[STREAM + DELTA + END], [sized(b"{}")]])
    client = Client("bedrock-runtime")

    list(client.stream(PATH, {}, read_seconds=5, quiet_seconds=5))
    client.call(PATH, {}, read_seconds=5)

    assert peer.connections == 1
