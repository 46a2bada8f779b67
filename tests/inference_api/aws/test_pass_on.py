"""Bodies that are passed on as they are, one by one and several at the same time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from inference_api.aws.client import Client, Event, Reply
from inference_api.aws.connections import ReadTimeoutError
from inference_api.aws.errors import AwsError
from tests.inference_api.aws.test_client import END, STREAM, event
from tests.inference_api.peer import RESET, Peer, sized

PATH = "/model/m/invoke"
HEADERS = {"content-type": "application/json", "x-amzn-bedrock-service-tier": "flex"}


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    with Peer() as made:
        settings = {"ENDPOINT_URL": made.url, "REGION": "us-east-1", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}
        for name, value in settings.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        yield made


@pytest.fixture
def client(peer: Peer) -> Client:
    return Client("bedrock-runtime", signing_name="bedrock")


def test_a_body_and_its_headers(peer: Peer, client: Client) -> None:
    peer.expect([[sized(b"\xff\x00", "X-Amzn-Bedrock-Input-Token-Count: 7")]])

    reply = client.pass_on(PATH, b"\xfe{", HEADERS, read_seconds=5)

    assert reply.body == b"\xff\x00"
    assert reply.headers["x-amzn-bedrock-input-token-count"] == "7"
    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    assert body == b"\xfe{"
    assert b"\r\nx-amzn-bedrock-service-tier: flex\r\n" in head
    assert b"SignedHeaders=content-type;host;x-amz-date;x-amzn-bedrock-service-tier" in head


def test_a_stream_and_its_headers(peer: Peer, client: Client) -> None:
    start = STREAM.replace(b"\r\n\r\n", b"\r\nX-Amzn-Bedrock-Content-Type: application/json\r\n\r\n")
    peer.expect([[start + event("chunk", {"bytes": "e30="}) + END]])

    headers, events = client.pass_on_stream(PATH, b"{}", HEADERS, read_seconds=5, quiet_seconds=5)

    assert headers["x-amzn-bedrock-content-type"] == "application/json"
    assert list(events) == [Event("chunk", {"bytes": "e30="})]


def test_all_are_sent_before_the_first_response_is_read(peer: Peer, client: Client) -> None:
    peer.expect([[0.1, sized(b"1")]] * 5)
    started = time.monotonic()

    replies = client.pass_on_all(PATH, [b"{}"] * 5, read_seconds=5)

    assert [reply.body for reply in replies if isinstance(reply, Reply)] == [b"1"] * 5
    assert time.monotonic() - started < 0.4
    assert peer.connections == 5
    peer.expect([[sized(b"2")]] * 5)
    client.pass_on_all(PATH, [b"{}"] * 5, read_seconds=5)
    assert peer.connections == 5


@pytest.mark.parametrize(
    ("step", "expected"), [(sized(b'{"message": "no"}', status=429), AwsError), (RESET, ConnectionError)]
)
def test_a_failure_is_in_the_place_of_its_response(
    peer: Peer, client: Client, step: bytes | str, expected: type[Exception]
) -> None:
    peer.expect([[step], [sized(b"1")]])

    replies = client.pass_on_all(PATH, [b"{}"] * 2, read_seconds=5)

    assert {type(reply) for reply in replies} == {expected, Reply}


def test_silence_ends_after_the_time_of_all_together(peer: Peer, client: Client) -> None:
    peer.expect([[0.5]] * 3)
    started = time.monotonic()

    replies = client.pass_on_all(PATH, [b"{}"] * 3, read_seconds=0.1)

    assert [type(reply) for reply in replies] == [ReadTimeoutError] * 3
    assert time.monotonic() - started < 0.25


def test_no_connection_is_a_failure_of_each(monkeypatch: pytest.MonkeyPatch, peer: Peer, client: Client) -> None:
    peer.__exit__()

    replies = client.pass_on_all(PATH, [b"{}"] * 2, read_seconds=5)

    assert [type(reply) for reply in replies] == [ConnectionError] * 2
