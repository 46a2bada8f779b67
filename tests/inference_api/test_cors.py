"""The headers that let a web page read a response, also of an error and of a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api import handler as edge
from inference_api.http_messages import json_answer
from inference_api.runtime import Invocation
from kit_contract.inference_api import CORS_EXPOSED_HEADERS
from tests.inference_api.described_server import lenient_service

PAGE, OTHER = "https://app.example.com", "https://other.example.com"
HELLO = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}


def headers(monkeypatch: pytest.MonkeyPatch, origins: tuple[str, ...], origin: str | None, body: Any = HELLO) -> Any:
    service = lenient_service()
    service = service._replace(settings=service.settings._replace(cors_origins=origins))
    monkeypatch.setattr(edge, "service", lambda: service)
    given = {"Origin": origin} if origin else {}
    event = {"httpMethod": "POST", "path": "/v1/chat/completions", "body": json.dumps(body), "headers": given}
    response = edge.handler(event, Invocation(event, "request-1", 0))
    b"".join(response.body)
    return response.headers


@pytest.mark.parametrize("body", [HELLO, {**HELLO, "stream": True}, {"model": "nobody"}])
def test_a_listed_page_can_read_answers_streams_and_errors(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    got = headers(monkeypatch, (OTHER, PAGE), PAGE, body)

    assert (got["Access-Control-Allow-Origin"], got["Vary"]) == (PAGE, "Origin")
    assert set(got["Access-Control-Expose-Headers"].split(", ")) == set(CORS_EXPOSED_HEADERS)


@pytest.mark.parametrize("origin", [None, "https://app.example.com.evil.example", "null", "HTTPS://APP.EXAMPLE.COM"])
def test_others_cannot(monkeypatch: pytest.MonkeyPatch, origin: str | None) -> None:
    got = headers(monkeypatch, (PAGE,), origin)

    assert "Access-Control-Allow-Origin" not in got
    assert got["Vary"] == "Origin"


def test_every_page_can_if_all_may(monkeypatch: pytest.MonkeyPatch) -> None:
    assert headers(monkeypatch, ("*",), OTHER)["Access-Control-Allow-Origin"] == "*"


def test_by_default_nothing_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not {"Access-Control-Allow-Origin", "Vary"} & headers(monkeypatch, (), PAGE).keys()


def test_every_header_of_an_answer_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    own = json_answer(200, {}).headers.keys() | {"Content-Type", "Cache-Control"}

    names = {name.lower() for name in headers(monkeypatch, (), None).keys() - own}
    assert names <= set(CORS_EXPOSED_HEADERS)
