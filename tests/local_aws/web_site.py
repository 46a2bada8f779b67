"""A web site on 127.0.0.1 whose pages tests set, and whose requests they read."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ROBOTS = b"User-agent: bedrockbot\nDisallow: /private\n"


class WebSite:
    """`pages`: path -> HTML. `asked`: (path, user agent) of each request. What is in `broken` is answered 503."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.broken: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def web_site() -> Iterator[WebSite]:
    site = WebSite()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers["User-Agent"]))
            page = site.pages.get(self.path)
            status = 503 if self.path in site.broken else 200 if page is not None or self.path == "/robots.txt" else 404
            body = ROBOTS if self.path == "/robots.txt" else (page or "").encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
