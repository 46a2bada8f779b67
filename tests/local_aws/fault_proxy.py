"""A proxy between a function and the embedded AWS: forwards calls, or breaks those that a test names.

It is the AWS_ENDPOINT_URL of the function and the host of the ResponseURLs, so that the function trusts them.
"""

import http.client
import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

HOP = {"connection", "transfer-encoding", "content-length", "host"}


@dataclass
class Harm:
    """`status` and `error` instead of the call; or the call is made and its answer `lost`."""

    status: int = 0
    error: str = ""
    lost: bool = False
    times: int = 1


@dataclass
class FaultProxy:
    """`harms` are tried in order: (method, part of the path) -> what happens, so many times."""

    upstream: str
    harms: list[tuple[str, str, Harm]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    answers: dict[str, list[bytes]] = field(default_factory=dict)
    answer_statuses: list[int] = field(default_factory=list)
    url: str = ""
    answered: threading.Condition = field(default_factory=threading.Condition)
    before: Callable[[str, str], None] = lambda method, path: None

    def harm(self, method: str, path: str) -> Harm | None:
        for wanted, part, harm in self.harms:
            if wanted == method and part in path and harm.times > 0:
                harm.times -= 1
                return harm
        return None

    def wait_for_answer(self, key: str, seconds: float = 20.0) -> list[bytes]:
        with self.answered:
            self.answered.wait_for(lambda: key in self.answers, seconds)
            return self.answers.get(key, [])


@contextmanager
def running(upstream: str) -> Iterator[FaultProxy]:
    proxy = FaultProxy(upstream)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"proxy": proxy})) as server:
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield proxy
        server.shutdown()
        thread.join()


class Handler(http.server.BaseHTTPRequestHandler):
    """A subclass for each proxy names it."""

    proxy: FaultProxy
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path.startswith("/answers/"):
            self.take(path, body)
            return
        self.proxy.seen.append(f"{self.command} {path}")
        self.proxy.before(self.command, path)
        harm = self.proxy.harm(self.command, path)
        if harm and harm.status:
            self.reply(harm.status, {"x-amzn-ErrorType": harm.error}, b'{"message": "the proxy says no"}')
            return
        reply = self.forward(body)
        if harm and harm.lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.reply(*reply)

    def forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.proxy.upstream).netloc, timeout=30)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        connection.request(self.command, self.path, body, kept)
        response = connection.getresponse()
        headers = {name: value for name, value in response.getheaders() if name.lower() not in HOP}
        content = response.read()
        connection.close()
        return response.status, headers, content

    def take(self, path: str, body: bytes) -> None:
        status = self.proxy.answer_statuses.pop(0) if self.proxy.answer_statuses else 200
        if status == 200:
            with self.proxy.answered:
                self.proxy.answers.setdefault(path.rpartition("/")[2], []).append(body)
                self.proxy.answered.notify_all()
        self.reply(status, {}, b"")

    def reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, format: str, *args: Any) -> None:
        return
