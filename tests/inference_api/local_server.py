"""The API behind a local HTTP server, for tests with client libraries."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.inference_api.conftest import Api


@contextmanager
def served(api: Api, *, stage: str = "", received: list[Any] | None = None) -> Iterator[str]:
    """The URL of the stage. `received`: gets the headers of each request.

    Requests have no key, as API Gateway checks it, and no query, as the function gets it apart.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if received is not None:
                received.append(self.headers)
            path = self.path.partition("?")[0].removeprefix(stage)
            answer, api.facts = respond(Request(self.command, path, body, headers, "request-1"), api.service)
            content = b"".join(answer.body)
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{stage}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
