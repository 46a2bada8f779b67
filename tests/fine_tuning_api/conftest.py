"""The API of fine-tuning: the real handler behind a local HTTP server in place of API Gateway."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openai
import pytest

from fine_tuning_api import handler as entry
from tests.fine_tuning_api.fake_aws import FakeAws

CHAT = '{"messages": [{"role": "user", "content": "How do I descale it?"}, {"role": "assistant", "content": "%s"}]}\n'
TRAINING = "".join(CHAT % f"With vinegar {number}." for number in range(4)).encode()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    made = FakeAws()
    service = made.service()
    monkeypatch.setattr(entry, "service", lambda: service)
    return made


@pytest.fixture
def url(aws: FakeAws) -> Iterator[str]:
    """Of the API. The name of the key is the key itself."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = entry.handler(self._event(), SimpleNamespace(aws_request_id="request-1"))
            content = answer["body"].encode()
            self.send_response(answer["statusCode"])
            for name, value in {**answer["headers"], "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_DELETE = do_POST

        def _event(self) -> dict[str, Any]:
            """As a REST API with the binary media type multipart/form-data makes it."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            binary = self.headers.get("Content-Type", "").startswith("multipart/form-data")
            parts = urlsplit(self.path)
            return {
                "httpMethod": self.command,
                "path": parts.path,
                "headers": dict(self.headers.items()),
                "queryStringParameters": dict(parse_qsl(parts.query)) or None,
                "body": (base64.b64encode(body).decode() if binary else body.decode()) or None,
                "isBase64Encoded": binary,
                "requestContext": {"authorizer": {"principalId": self.headers["Authorization"][7:]}},
            }

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=url, api_key="trainer", max_retries=0) as made:
        yield made


@pytest.fixture
def file_id(client: openai.OpenAI) -> str:
    return client.files.create(file=("train.jsonl", TRAINING), purpose="fine-tune").id
