"""The handler: proxy events, lazy clients, one log line without a prompt in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inference_api import handler as edge
from inference_api.aws.client import client
from inference_api.runtime import Invocation
from inference_api.service import Service
from tests.inference_api.conftest import ALIASES, ENVIRONMENT, KNOWLEDGE_BASES, Api, converse_response


def call(given: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and whole body of the response."""
    response = edge.handler(given, Invocation(given, "request-1", deadline=0))
    return response.status, dict(response.headers), b"".join(response.body)


CANARY = "canary-4711"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "aliases.json").write_text(ALIASES, encoding="utf-8")
    monkeypatch.setattr(edge, "ALIASES_PATH", tmp_path / "aliases.json")
    (tmp_path / "knowledge_bases.json").write_text(KNOWLEDGE_BASES, encoding="utf-8")
    monkeypatch.setattr(edge, "KNOWLEDGE_BASES_PATH", tmp_path / "knowledge_bases.json")
    for name, value in {**ENVIRONMENT, "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    edge.service.cache_clear()
    yield
    edge.service.cache_clear()


def event(path: str, body: object = None, method: str = "POST") -> dict[str, object]:
    return {"httpMethod": method, "path": path, "body": None if body is None else json.dumps(body), "headers": {}}


@pytest.mark.parametrize("reason", ["end_turn", "malformed_tool_use"])
def test_neither_prompt_nor_answer_is_logged(
    api: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    stand_in(monkeypatch, api.service)
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": CANARY}, reason=reason))

    messages = [{"role": "user", "content": CANARY}, {"role": "user", "content": CANARY}]
    status, _, _ = call(event("/v1/chat/completions", {"model": "support-bot", "messages": messages}))

    output = capsys.readouterr()
    line = json.loads(output.err)
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert CANARY not in output.err
    assert (line["alias"], line["status"]) == ("support-bot", status)
    assert line["request_id"] == "request-1"


@pytest.mark.parametrize(
    "body",
    [
        {"model": CANARY, "messages": [{"role": "user", "content": CANARY}]},
        {"model": "support-bot", "messages": [{"role": CANARY}], CANARY: CANARY},
        {"model": "support-bot", "messages": [{"role": "user", "content": "x"}], "tools": [{"type": CANARY}]},
    ],
)
def test_a_rejected_request_is_not_logged(
    api: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, body: dict[str, object]
) -> None:
    stand_in(monkeypatch, api.service)

    assert call(event(f"/v1/{CANARY}", body))[0] == 404
    assert call(event("/v1/chat/completions", body))[0] in (400, 404)
    assert CANARY not in capsys.readouterr().err


def test_an_error_of_anthropics_dialect_has_the_id_of_the_log_line(capsys: pytest.CaptureFixture[str]) -> None:
    status, headers, content = call(event("/v1/messages", {"model": CANARY, "messages": [CANARY]}))

    assert (status, headers["request-id"], json.loads(content)["request_id"]) == (400, "request-1", "request-1")
    assert CANARY not in capsys.readouterr().err


def stand_in(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    monkeypatch.setattr(edge, "service", _Service(service))


class _Service:
    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self) -> Service:
        return self._service

    def cache_clear(self) -> None:
        pass


def test_listing_models_opens_no_connection(capsys: pytest.CaptureFixture[str]) -> None:
    client.cache_clear()

    status, headers, _ = call(event("/v1/models", method="GET"))

    assert status == 200
    assert headers == {"Content-Type": "application/json", "x-request-id": "request-1"}
    assert json.loads(capsys.readouterr().err)["route"] == "/v1/models"
    assert client.cache_info().currsize == 0


def test_bodies_in_base64_and_with_lone_surrogates() -> None:
    encoded = base64.b64encode(b'{"a": 1}').decode()

    request = edge.request_from({"httpMethod": "POST", "path": "/x", "body": encoded, "isBase64Encoded": True})
    assert request.json() == {"a": 1}
    request = edge.request_from({"httpMethod": "POST", "path": "/x", "body": "\ud800", "isBase64Encoded": False})
    assert request.body
