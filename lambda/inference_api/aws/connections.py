"""HTTP/1.1 connections that stay open between requests and between invocations of a function.

http.client would do, but importing it is a third of the function's cold start, and parsing headers as e-mail half of a
warm request (benchmarks/inference_api.py). tests/inference_api/aws hold the two against each other.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Generator, Mapping

from inference_api.aws.http_body import body_decoder
from inference_api.aws.urls import endpoint_parts

CONNECT_SECONDS = 1.5
_PIECE_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 64 * 1024


class ReadTimeoutError(TimeoutError):
    """When the service does not answer in time. The call may have been carried out and billed."""


class Response:
    """`headers` has lower-case names. Read the body once: whole or in pieces."""

    def __init__(self, connections: Connections, connection: socket.socket, head: bytes, rest: bytes) -> None:
        self._connections = connections
        self._connection = connection
        self._rest = rest
        status_line, *lines = head.decode("latin-1").split("\r\n")
        version, _, status = status_line.partition(" ")
        if version != "HTTP/1.1" or not (status[:3].isascii() and status[:3].isdigit()):
            raise ConnectionError("the response is not HTTP/1.1")
        self.status = int(status[:3])
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._decoder = body_decoder(self.headers)

    def read(self, *, read_seconds: float) -> bytes:
        """The whole body. Raises as `pieces` does."""
        return b"".join(self.pieces(quiet_seconds=read_seconds, read_seconds=read_seconds))

    def pieces(self, *, quiet_seconds: float, read_seconds: float) -> Generator[bytes, None, None]:
        """The body as it arrives, and b"" after each silence of `quiet_seconds`.

        Closing the generator before its end closes the connection. Raises ReadTimeoutError after a silence of
        `read_seconds`, ConnectionError if the connection ends before the body.
        """
        connection, decoder, data = self._connection, self._decoder, self._rest
        reusable = False
        silent = 0.0
        try:
            connection.settimeout(quiet_seconds)
            while True:
                piece = decoder.feed(data)
                if piece:
                    yield piece
                if decoder.ended:
                    reusable = self.headers.get("connection", "").lower() != "close"
                    return
                try:
                    data, silent = _received(connection), 0.0
                except TimeoutError:
                    data, silent = b"", silent + quiet_seconds
                    if silent >= read_seconds:
                        raise ReadTimeoutError(f"no data for {silent:g} s") from None
                    yield b""
        finally:
            self._connections.give_back(connection, reusable=reusable)


class Connections:
    """Connections to one endpoint, for one thread."""

    def __init__(self, endpoint: str) -> None:
        self._secure, self._authority, self._host, self._port = endpoint_parts(endpoint)
        self._idle: list[socket.socket] = []

    def __del__(self) -> None:
        for connection in self._idle:
            connection.close()

    @property
    def host(self) -> str:
        """The value of the Host header."""
        return self._authority

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, read_seconds: float | None
    ) -> Response:
        """Send a request and wait for its response, for ever if `read_seconds` is None.

        Raises ConnectionError if there is no connection or response, ReadTimeoutError if it comes too late.
        """
        return self.answered(self.sent(method, path, headers, body, read_seconds=read_seconds), read_seconds)

    def sent(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, read_seconds: float | None
    ) -> socket.socket:
        """Send a request. Its connection is for `answered`. Raises as `request` does."""
        connection = self.connected()
        try:
            connection.settimeout(read_seconds)
            connection.sendall(request_head(method, path, {**headers, "content-length": str(len(body))}) + body)
        except OSError as error:
            connection.close()
            raise _no_response(error, read_seconds) from error
        return connection

    def answered(self, connection: socket.socket, read_seconds: float | None) -> Response:
        """The response to the request of `sent`. Raises as `request` does."""
        try:
            connection.settimeout(read_seconds)
            return self.response(connection)
        except OSError as error:
            connection.close()
            raise _no_response(error, read_seconds) from error

    def response(self, connection: socket.socket) -> Response:
        """The response to what was sent on `connection`. Raises OSError."""
        return Response(self, connection, *_head(connection))

    def give_back(self, connection: socket.socket, *, reusable: bool) -> None:
        if reusable:
            self._idle.append(connection)
        else:
            connection.close()

    def connected(self) -> socket.socket:
        """A connection that nobody else uses. Raises ConnectionError."""
        while self._idle:
            connection = self._idle.pop()
            # Readable: the service has closed it. A request on it could fail after the service has begun to work.
            if not select.select([connection], [], [], 0)[0]:
                return connection
            connection.close()
        try:
            return self._connect()
        except OSError as error:
            raise ConnectionError(f"no connection to {self.host}: {error}") from error

    def _connect(self) -> socket.socket:
        address = self._host, self._port
        if not self._secure:
            return _opened(address)
        from inference_api.aws.tls import secured

        return secured(lambda: _opened(address), self._host)


def _opened(address: tuple[str, int]) -> socket.socket:
    connection = socket.create_connection(address, timeout=CONNECT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request_head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


def _no_response(error: OSError, read_seconds: float | None) -> OSError:
    if isinstance(error, TimeoutError):
        return ReadTimeoutError(f"no response within {read_seconds:g} s")
    return ConnectionError(f"no response: {error}")


def _received(connection: socket.socket) -> bytes:
    """What arrives next. Raises TimeoutError if nothing does, ConnectionError if the connection ends or breaks."""
    try:
        data = connection.recv(_PIECE_BYTES)
    except TimeoutError:
        raise
    except OSError as error:
        raise ConnectionError(f"the connection broke within the response: {error}") from error
    if not data:
        raise ConnectionError("the connection ended within the response")
    return data


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    """Status line and headers of the final response, and what has arrived of its body."""
    received = b""
    while True:
        head, end, rest = received.partition(b"\r\n\r\n")
        if end and not head.startswith(b"HTTP/1.1 1"):
            return head, rest
        if end:
            received = rest  # an interim response, 100 to 199
            continue
        data = connection.recv(_PIECE_BYTES)
        if not data or len(received) > _MAX_HEAD_BYTES:
            raise ConnectionError("the response has no end of its headers")
        received += data
