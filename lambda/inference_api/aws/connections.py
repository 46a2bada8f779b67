"""HTTP/1.1 connections that stay open between requests and between invocations of a function."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
from collections.abc import Generator, Mapping
from functools import cache
from urllib.parse import urlsplit

from inference_api.aws.http_body import body_decoder

CONNECT_SECONDS = 1.5
_PIECE_BYTES = 64 * 1024


class ReadTimeoutError(TimeoutError):
    """When the service does not answer in time. The call may have been carried out and billed."""


class Response:
    """`headers` has lower-case names. Read the body once: whole or in pieces."""

    def __init__(self, connections: Connections, connection: http.client.HTTPConnection) -> None:
        self._connections = connections
        self._connection = connection
        self._response = connection.getresponse()
        self.status = self._response.status
        self.headers = {name.lower(): value for name, value in self._response.getheaders()}

    def read(self) -> bytes:
        """Raises ConnectionError, ReadTimeoutError."""
        whole = False
        try:
            content = self._response.read()
            whole = True
        except http.client.HTTPException as error:
            raise ConnectionError(f"the response is not complete: {type(error).__name__}") from error
        except TimeoutError as error:
            raise ReadTimeoutError("the response stopped arriving") from error
        finally:
            self._connections.give_back(self._connection, reusable=whole and not self._response.will_close)
        return content

    def pieces(self, *, quiet_seconds: float, read_seconds: float) -> Generator[bytes, None, None]:
        """The body as it arrives, and b"" after each silence of `quiet_seconds`.

        Closing the generator before its end closes the connection. Raises ReadTimeoutError after a silence of
        `read_seconds`, ConnectionError if the connection ends before the body.
        """
        decoder = body_decoder(self.headers)
        reusable = False
        try:
            connected = self._connection.sock
            data = self._buffered()
            silent = 0.0
            connected.settimeout(quiet_seconds)
            while True:
                piece = decoder.feed(data) if decoder else data
                if piece:
                    yield piece
                if decoder and decoder.ended:
                    reusable = not self._response.will_close
                    return
                try:
                    data, silent = connected.recv(_PIECE_BYTES), 0.0
                except TimeoutError:
                    data, silent = b"", silent + quiet_seconds
                    if silent >= read_seconds:
                        raise ReadTimeoutError(f"no data for {silent:g} s") from None
                    yield b""
                    continue
                if not data and decoder:
                    raise ConnectionError("the connection ended within the response")
                if not data:
                    return
        finally:
            self._connections.give_back(self._connection, reusable=reusable)

    def _buffered(self) -> bytes:
        """What http.client has read beyond the headers."""
        reader = self._response.fp
        connected = self._connection.sock
        connected.settimeout(0)
        try:
            return bytes(reader.peek())
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""


class Connections:
    """Connections to one endpoint, for one thread."""

    def __init__(self, endpoint: str) -> None:
        self._url = urlsplit(endpoint)
        self._idle: list[http.client.HTTPConnection] = []

    @property
    def host(self) -> str:
        """The value of the Host header."""
        return self._url.netloc

    def post(self, path: str, headers: Mapping[str, str], body: bytes, *, read_seconds: float) -> Response:
        """Raises ConnectionError if there is no connection or response, ReadTimeoutError if it comes too late."""
        connection = self._connection()
        try:
            connection.sock.settimeout(read_seconds)
            connection.request("POST", path, body=body, headers=dict(headers))
            return Response(self, connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, TimeoutError):
                raise ReadTimeoutError(f"no response within {read_seconds:g} s") from error
            if isinstance(error, http.client.HTTPException | OSError):
                raise ConnectionError(f"no response: {type(error).__name__}") from error
            raise

    def give_back(self, connection: http.client.HTTPConnection, *, reusable: bool) -> None:
        if reusable:
            self._idle.append(connection)
        else:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        while self._idle:
            connection = self._idle.pop()
            # Readable: the service has closed it. A request on it could fail after the service has begun to work.
            if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        else:
            connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=_tls())
        try:
            connection.connect()
        except OSError as error:
            raise ConnectionError(f"no connection to {self.host}: {type(error).__name__}") from error
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
