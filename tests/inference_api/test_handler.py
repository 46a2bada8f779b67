"""The handler: proxy events, lazy clients, one log line without a prompt in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inference_api import boto_clients
from inference_api import handler as edge
from inference_api.fallback import CONNECT_SECONDS
from inference_api.routes import Service
from tests.inference_api.conftest import ALIASES, ENVIRONMENT, Api, converse_response

CONTEXT = SimpleNamespace(aws_request_id="request-1")
CANARY = "canary-4711"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "aliases.json").write_text(ALIASES, encoding="utf-8")
    monkeypatch.setattr(edge, "ALIASES_PATH", tmp_path / "aliases.json")
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
    answer = edge.handler(event("/v1/chat/completions", {"model": "support-bot", "messages": messages}), CONTEXT)

    output = capsys.readouterr()
    line = json.loads(output.err)
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert CANARY not in output.err
    assert (line["alias"], line["status"]) == ("support-bot", answer["statusCode"])
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
    if body["model"] == "support-bot":
        api.base_serves()

    unknown_path = edge.handler(event(f"/v1/{CANARY}", body), CONTEXT)
    refused = edge.handler(event("/v1/chat/completions", body), CONTEXT)

    assert unknown_path["statusCode"] == 404
    assert refused["statusCode"] in (400, 404)
    assert CANARY not in capsys.readouterr().err


def test_a_failed_parameter_validation_does_not_log_the_values(
    api: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, api.service)
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "x"}))
    wrong = {"messages": CANARY}
    monkeypatch.setattr("inference_api.routes.converse_request", lambda body: wrong)

    answer = edge.handler(event("/v1/chat/completions", {"model": "support-bot", "messages": []}), CONTEXT)

    output = capsys.readouterr().err
    assert answer["statusCode"] == 400
    assert json.loads(output)["error"] == "ParamValidationError"
    assert CANARY not in output + answer["body"]
    api.runtime.deactivate()  # botocore validates before the stub
    api.runtime._queue.clear()  # type: ignore[attr-defined]


def stand_in(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    monkeypatch.setattr(edge, "service", _Service(service))


class _Service:
    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self) -> Service:
        return self._service

    def cache_clear(self) -> None:
        pass


def test_listing_models_creates_no_client(capsys: pytest.CaptureFixture[str]) -> None:
    answer = edge.handler(event("/v1/models", method="GET"), CONTEXT)

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["isBase64Encoded"] is False
    assert json.loads(capsys.readouterr().err)["route"] == "/v1/models"
    assert vars(edge.service().clients) == {}
    assert boto_clients._bedrock_runtime.cache_info().currsize == 0


def test_the_clients_have_the_given_timeout_and_do_not_retry() -> None:
    clients = boto_clients.BotoClients()

    for client in (clients.bedrock_runtime(24), clients.agent_runtime(24)):
        config: Any = client.meta.config
        assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, 24)
        assert config.retries["total_max_attempts"] == 1
    assert clients.bedrock_runtime(24) is clients.bedrock_runtime(24)
    hasty: Any = clients.bedrock_runtime(5).meta.config
    assert hasty.read_timeout == 5
    ssm_config: Any = clients.ssm.meta.config
    assert ssm_config.read_timeout == 1
    boto_clients._bedrock_runtime.cache_clear()
    boto_clients._agent_runtime.cache_clear()


def test_bodies_in_base64_and_with_lone_surrogates() -> None:
    encoded = base64.b64encode(b'{"a": 1}').decode()

    request = edge.request_from({"httpMethod": "POST", "path": "/x", "body": encoded, "isBase64Encoded": True})
    assert request.json() == {"a": 1}
    request = edge.request_from({"httpMethod": "POST", "path": "/x", "body": "\ud800", "isBase64Encoded": False})
    assert request.body
