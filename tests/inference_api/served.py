"""The API behind a local server, for the clients of others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.inference_api.conftest import Api


@contextmanager
def served(api: Api) -> Iterator[str]:
    """The URL of the stage."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path.removeprefix("/prod"), body, headers)
            answer, api.facts = respond(request, api.service)
            content = b"".join(answer.body)
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/prod"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
