"""Responses held against http.client, and what becomes of a connection."""

from __future__ import annotations

import http.client
import io
import select
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_api.aws.connections import Connections, ReadTimeoutError, Response
from tests.inference_api.peer import AWAIT_CLOSE, CLOSE, RESET, Peer, Steps, sized

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"
    b"5\r\nHello\r\n6;name=value\r\n world\r\n0\r\nX-End: yes\r\n\r\n"
)


class Wire:
    """A socket that receives `pieces` and then the end of the connection."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = [piece for piece in pieces if piece]
        self.closed = False

    def recv(self, size: int) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def settimeout(self, seconds: float | None) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(b"".join(self._pieces))


def read(wire: Any) -> tuple[int, dict[str, str], bytes]:
    response = Connections("http://service").response(wire)
    return response.status, response.headers, response.read(read_seconds=1)


tokens = st.from_regex(r"x-[a-z0-9-]{1,20}", fullmatch=True)
values = st.text(st.sampled_from("abcXYZ 09:;,=/\"'()\t" + "éÿÀ"), max_size=30).map(str.strip)


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """A response as bytes: sized or chunked, with or without extensions, trailers and an interim response."""
    headers = draw(st.dictionaries(tokens, values, max_size=5))
    parts = draw(st.lists(st.binary(min_size=1, max_size=2_000), max_size=6))
    if draw(st.booleans()):
        headers["content-length"] = str(sum(map(len, parts)))
        body = b"".join(parts)
    else:
        headers["Transfer-Encoding"] = "chunked"
        extension = draw(st.sampled_from([b"", b";a", b';a="b c"']))
        body = b"".join(b"%x%b\r\n%b\r\n" % (len(part), extension, part) for part in parts)
        body += b"0\r\n" + draw(st.sampled_from([b"", b"X-End: 1\r\n", b"A: b\r\nC: d\r\n"])) + b"\r\n"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
    status = draw(st.integers(min_value=200, max_value=599).filter(lambda status: status not in (204, 304)))
    interim = draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"]))
    return interim + b"HTTP/1.1 %d Some reason\r\n" % status + lines + b"\r\n" + body


def cut(data: st.DataObject, content: bytes) -> list[bytes]:
    points = sorted(data.draw(st.lists(st.integers(min_value=0, max_value=len(content)), max_size=8)))
    return [content[start:end] for start, end in zip([0, *points], [*points, len(content)], strict=True)]


@settings(deadline=None)
@given(content=responses(), data=st.data())
def test_http_client_reads_the_same_response(content: bytes, data: st.DataObject) -> None:
    theirs = http.client.HTTPResponse(Wire(content), method="POST")  # type: ignore[arg-type]
    theirs.begin()

    status, headers, body = read(Wire(*cut(data, content)))

    assert status == theirs.status
    assert headers == {name.lower(): value.strip() for name, value in theirs.getheaders()}
    assert body == theirs.read()


@settings(deadline=None)
@given(content=responses(), data=st.data())
def test_a_truncated_response_is_never_a_success(content: bytes, data: st.DataObject) -> None:
    length = data.draw(st.integers(min_value=0, max_value=len(content) - 1))
    wire = Wire(*cut(data, content[:length]))

    with pytest.raises(ConnectionError):
        read(wire)


@pytest.mark.parametrize("content", [sized(b"Hello"), CHUNKED], ids=["sized", "chunked"])
def test_every_cut_is_noticed(content: bytes) -> None:
    for length in range(len(content)):
        with pytest.raises(ConnectionError):
            read(Wire(content[:length]))
    assert read(Wire(content))[2].startswith(b"Hello")


@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 ²00 OK\r\nContent-Length: 0\r\n\r\n".encode("latin-1"),
        b"HTTP/1.1 200 OK\r\n\r\nHello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nHello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\nHello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nHello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nHello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nHel3\r\nlo!\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 5_000,
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: x\r\n" * 100_000,
    ],
)
def test_an_invalid_response_is_refused(content: bytes) -> None:
    with pytest.raises(ConnectionError):
        read(Wire(*(content[at : at + 4_096] for at in range(0, len(content), 4_096))))


def test_a_broken_route_within_a_body_is_a_connection_error() -> None:
    class Broken(Wire):
        def recv(self, size: int) -> bytes:
            if self._pieces:
                return super().recv(size)
            raise OSError(113, "no route to host")

    wire = Broken(sized(b"Hello")[:-1])
    with pytest.raises(ConnectionError):
        read(wire)
    assert wire.closed


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as made:
        yield made


def get(connections: Connections, *, read_seconds: float = 5.0) -> Response:
    return connections.request("POST", "/", {"host": connections.host}, b"{}", read_seconds=read_seconds)


def plan(peer: Peer, *answers: Steps) -> Connections:
    peer.expect(answers)
    return Connections(peer.url)


def test_a_connection_is_used_again(peer: Peer) -> None:
    connections = plan(peer, [sized(b"1")], [CHUNKED], [sized(b"3")])

    assert [get(connections).read(read_seconds=5) for _ in range(3)] == [b"1", b"Hello world", b"3"]
    assert peer.connections == 1


@pytest.mark.parametrize("first", [[sized(b"1", "Connection: close")], [sized(b"1"), CLOSE]], ids=["said", "done"])
def test_a_connection_that_the_service_closes_is_not_used_again(peer: Peer, first: Steps) -> None:
    connections = plan(peer, first, [sized(b"2")])

    get(connections).read(read_seconds=5)
    if connections._idle:
        assert select.select(connections._idle, [], [], 5)[0], "the service has not closed it"

    assert get(connections).read(read_seconds=5) == b"2"
    assert (peer.connections, len(peer.requests)) == (2, 2)


def test_a_response_that_is_not_read_to_its_end_closes_its_connection(peer: Peer) -> None:
    connections = plan(peer, [CHUNKED[:70], AWAIT_CLOSE], [sized(b"2")])
    pieces = get(connections).pieces(quiet_seconds=5, read_seconds=5)
    next(pieces)

    pieces.close()

    assert peer.closed_by_client.wait(1)
    assert get(connections).read(read_seconds=5) == b"2"


def test_no_response_in_time(peer: Peer) -> None:
    connections = plan(peer, [AWAIT_CLOSE])

    with pytest.raises(ReadTimeoutError):
        get(connections, read_seconds=0.05)
    assert peer.closed_by_client.wait(1)


def test_silence_within_a_body_is_told_and_then_ends_it(peer: Peer) -> None:
    connections = plan(peer, [sized(b"12")[:-1], AWAIT_CLOSE])
    pieces = get(connections).pieces(quiet_seconds=0.05, read_seconds=0.14)

    assert [next(pieces), next(pieces), next(pieces)] == [b"1", b"", b""]
    with pytest.raises(ReadTimeoutError):
        next(pieces)
    assert peer.closed_by_client.wait(1)


def test_each_piece_ends_the_silence(peer: Peer) -> None:
    connections = plan(peer, [sized(b"123")[:-2], 0.2, b"2", 0.2, b"3"])

    pieces = list(get(connections).pieces(quiet_seconds=0.15, read_seconds=0.29))

    assert pieces == [b"1", b"", b"2", b"", b"3"]


@pytest.mark.parametrize("steps", [[CLOSE], [RESET], [b"HTTP/1.1 200 O", CLOSE]])
def test_a_connection_without_a_response(peer: Peer, steps: Steps) -> None:
    with pytest.raises(ConnectionError):
        get(plan(peer, steps))
    assert len(peer.requests) == 1, "nothing is sent twice"


def test_a_refused_connection_fails_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    began = time.monotonic()

    with pytest.raises(ConnectionError, match="no connection to 127"):
        get(Connections(url))
    assert time.monotonic() - began < 1
