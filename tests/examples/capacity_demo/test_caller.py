"""The demo's client: it counts failures with their reason, continues, and notices what answers."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from examples.capacity_demo.caller import Caller
from kit.local.stacks import Api
from kit_contract.errors import ExternalError


def answer(kind: str, text: str) -> tuple[int, dict[str, Any]]:
    usage = {"prompt_tokens": 3, "completion_tokens": 5}
    return 200, {"served_by": {"kind": kind}, "choices": [{"message": {"content": text}}], "usage": usage}


class Server:
    """Answers with `replies` in order and repeats the last one. None closes the connection."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, dict[str, Any]] | None] = []
        self.requests: list[dict[str, Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append(body | {"key": self.headers["Authorization"], "path": self.path})
                reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
                if reply is None:
                    return
                self.send_response(reply[0])
                self.end_headers()
                self.wfile.write(json.dumps(reply[1]).encode())

            def log_message(self, *_: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.api = Api(f"http://127.0.0.1:{self._http.server_port}/v1", "secret")
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def call(server: Server, **wanted: str) -> tuple[Caller, list[tuple[str, str]]]:
    """Call until the answer is as `wanted`."""
    changes: list[tuple[str, str]] = []
    caller = Caller(server.api, "bot", lambda kind, model: changes.append((kind, model)))
    caller.start()
    try:
        caller.until(**wanted, seconds=10)
    finally:
        caller.stop()
    return caller, changes


def test_failures_are_counted_and_the_calls_continue(server: Server) -> None:
    broken: tuple[int, dict[str, Any]] = (200, {"choices": []})
    server.replies = [(503, {"error": "busy"}), None, broken, answer("provisioned-throughput", "Yes.")]

    caller, _ = call(server, kind="provisioned-throughput")

    assert [failure.split()[0].rstrip(":") for failure in caller.failures] == ["503", "RemoteDisconnected", "KeyError"]
    assert "busy" in caller.failures[0]
    assert caller.calls == 3 + caller.answered["provisioned-throughput"]


def test_a_missing_answer_says_what_answers_instead(server: Server) -> None:
    server.replies = [(500, {"error": "broken"}), answer("foundation-model", "Yes.")]
    caller = Caller(server.api, "bot", lambda *_: None)
    caller.start()
    caller.until(kind="foundation-model", seconds=10)

    with pytest.raises(
        ExternalError, match="not answered by custom-model-deployment after 0 s, but by foundation-model"
    ):
        caller.until(kind="custom-model-deployment", seconds=0.1)
    caller.stop()


def test_each_change_is_reported_once_with_the_model_of_the_mock(server: Server) -> None:
    one, other = (answer("provisioned-throughput", f"[mock answer by bot-{name}] Yes.") for name in "ab")
    server.replies = [answer("custom-model-deployment", "[mock answer by bot-a] Yes."), one, one, other]

    caller, changes = call(server, model="bot-b")

    assert changes == [
        ("custom-model-deployment", "bot-a"),
        ("provisioned-throughput", "bot-a"),
        ("provisioned-throughput", "bot-b"),
    ]
    assert (caller.failures, caller.models["bot-a"]) == ([], 3)
    assert caller.tokens["custom-model-deployment"] == (3, 5)
    assert (server.requests[0]["model"], server.requests[0]["key"]) == ("bot", "Bearer secret")
    assert server.requests[0]["path"] == "/v1/chat/completions"
