"""A server that answers as the API of agents does."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from kit.agents.agent_api import AgentApi

CALL = {"id": "call_1", "name": "tickets", "arguments": {"summary": "Broken"}}


def answer(output: str, *tools: dict[str, Any], **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}
    found = {"agent": "support", "session_id": "s", "output": output, "tools": [*tools], "usage": usage}
    return {**found, "stop_reason": "end_turn", **more}


def tool(name: str, status: str = "success", **arguments: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "arguments": arguments, "status": status, "milliseconds": 5}


ASKS = answer("", {**CALL, "status": "requires_approval"}, requires_approval=[CALL], stop_reason="requires_approval")


class Server(HTTPServer):
    """`answers`: (status, body, headers) of the next requests. `asked`: (path, key, body) of each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.asked: list[tuple[str, str, Any]] = []
        self.paused: list[float] = []

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    @property
    def api(self) -> AgentApi:
        return AgentApi(f"http://127.0.0.1:{self.server_port}/prod/v1", "key", self.paused.append)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, self.headers["x-api-key"], body))
        status, content, headers = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""
