"""The real clients against a local server that fails: the clients themselves do not retry."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from inference_api import boto_clients
from inference_api.boto_clients import BotoClients
from inference_api.errors import api_error
from inference_api.fallback import Attempt, Fallback
from tests.inference_api.conftest import Clock, converse_response
from tests.inference_api.test_fallback import BASE, ON_DEMAND, PROVISIONED

NO_WAIT = struct.pack("ii", 1, 0)  # SO_LINGER of zero: closing sends a reset
MESSAGES: Any = [{"role": "user", "content": [{"text": "Hello"}]}]


class Bedrock(ThreadingHTTPServer):
    """`plan`: the outcome of each request. `paths`: the requested paths."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: list[str] = []
        self.paths: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Bedrock

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.paths.append(self.path)
        step = self.server.plan.pop(0)
        if step == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_WAIT)
            self.close_connection = True
            return
        status = {"ThrottlingException": 429, "ServiceUnavailableException": 503}.get(step, 200)
        content = json.dumps({"message": "no"} if status != 200 else converse_response({"text": "Hi"})).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status != 200:
            self.send_header("x-amzn-ErrorType", step)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bedrock]:
    server = Bedrock()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings = {"ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "DEFAULT_REGION": "us-east-1"}
    for name, value in {**settings, "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    boto_clients._bedrock_runtime.cache_clear()
    yield server
    boto_clients._bedrock_runtime.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(clock: Clock) -> tuple[str, list[Attempt]]:
    fallback, clients, attempts = Fallback(clock, clock.sleep, lambda: 1.0), BotoClients(), list[Attempt]()

    def converse(target: Any, read_seconds: int) -> Any:
        return clients.bedrock_runtime(read_seconds).converse(modelId=target.invoke_id, messages=MESSAGES)

    targets = [PROVISIONED, ON_DEMAND, BASE]
    served = fallback.ask(targets, converse, deadline=fallback.deadline(), attempts=attempts)
    return served.target.kind, attempts


def test_each_failure_is_one_request_to_one_target(bedrock: Bedrock) -> None:
    bedrock.plan = ["reset", "ServiceUnavailableException", "answer"]

    kind, attempts = ask(Clock())

    assert kind == BASE.kind
    assert bedrock.paths == [f"/model/{target.invoke_id}/converse" for target in (PROVISIONED, ON_DEMAND, BASE)]
    assert [attempt.error for attempt in attempts] == ["ConnectionClosedError", "ServiceUnavailableException", None]


def test_at_most_three_requests_are_sent(bedrock: Bedrock) -> None:
    bedrock.plan = ["ThrottlingException", "reset", "ThrottlingException", "answer"]

    with pytest.raises(Exception, match="ThrottlingException") as raised:
        ask(Clock())

    assert api_error(raised.value).status == 429
    assert len(bedrock.paths) == 3
