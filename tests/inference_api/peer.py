"""A server on 127.0.0.1 that answers byte by byte as a test says: also late, cut off, or not at all."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

_NO_WAIT = struct.pack("ii", 1, 0)  # SO_LINGER of zero: closing sends a reset
CLOSE, RESET, HANG_UP, AWAIT_CLOSE = "close", "reset", "hang up", "await close"
# What to do for a request: send bytes, wait for seconds, CLOSE the connection, RESET it, or AWAIT_CLOSE by the client.
# HANG_UP comes first: it closes before the body of the request is read.
Steps = Sequence[bytes | float | str]


def sized(content: bytes, *headers: str, status: int = 200) -> bytes:
    """A response of a known size."""
    lines = "".join(f"{line}\r\n" for line in (f"Content-Length: {len(content)}", *headers))
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + content


class Peer:
    """`answers`: the steps for each request. `requests`: what was received of each, head and body as on the wire."""

    def __init__(self, answers: Iterable[Steps] = ()) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.address}"
        self.expect(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed_by_client = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def expect(self, answers: Iterable[Steps]) -> None:
        self._answers = iter(answers)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, StopIteration), connection:
            while request := _until(connection, b"", b"\r\n\r\n"):
                steps = list(next(self._answers))
                if steps[0] == HANG_UP:
                    self.requests.append(request)
                    return
                self.requests.append(_with_body(connection, request))
                if not all([self._step(connection, step) for step in steps]):
                    return

    def _step(self, connection: socket.socket, step: bytes | float | str) -> bool:
        """Whether the connection stays open."""
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        elif step == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_WAIT)
        elif step == AWAIT_CLOSE:
            with suppress(ConnectionError):
                connection.recv(1)
            self.closed_by_client.set()
        return not isinstance(step, str)


def _until(connection: socket.socket, received: bytes, end: bytes) -> bytes:
    while end not in received:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        received += piece
    return received


def _with_body(connection: socket.socket, received: bytes) -> bytes:
    head, _, body = received.partition(b"\r\n\r\n")
    sizes = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    if not sizes:  # chunked
        received = _until(connection, received, b"\r\n0\r\n")
        while received and not received.endswith(b"\r\n\r\n"):
            received += connection.recv(65_536)
        return received
    while len(body) < int(sizes[0]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
