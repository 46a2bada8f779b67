"""Paths, methods, models, service errors and the log line."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock

import pytest

from inference_api.aws.connections import ReadTimeoutError
from inference_api.aws.event_stream import BrokenStreamError
from inference_api.errors import api_error
from inference_api.fallback import FALLBACK_PAUSES, FINAL_FOR_ITS_TARGET, MAX_ATTEMPTS
from inference_api.http_messages import Facts, Request, json_answer
from inference_api.openai_errors import error_body
from inference_api.request_log import log_line
from inference_api.routes import respond
from tests.inference_api.conftest import DEPLOYMENT_ARN, SERVING, Api, converse_response

CHAT = "/v1/chat/completions"
HELLO = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}


def test_health(api: Api) -> None:
    assert api.raw("GET", "/health") == (200, {"Content-Type": "application/json"}, b'{"status": "ok"}')


def test_models_are_the_aliases(api: Api) -> None:
    status, _, content = api.raw("GET", "/v1/models")

    entries = [{"id": name, "object": "model", "created": 0, "owned_by": "support-assistant"} for name in ALIASES]
    assert (status, json.loads(content)) == (200, {"object": "list", "data": entries})
    assert json.loads(api.raw("GET", "/v1/models/assistant")[2]) == entries[0]


ALIASES = ["assistant", "support-bot"]


@pytest.mark.parametrize("path", ["/v1/models/nobody", CHAT, "/v1/retrieve-and-generate"])
def test_an_unknown_alias_is_a_404_that_lists_the_aliases(api: Api, path: str) -> None:
    method = "GET" if "models" in path else "POST"
    question = {"messages": HELLO["messages"]} if path == CHAT else {"query": "q"}

    status, _, content = api.raw(method, path, json.dumps({"model": "nobody", **question}).encode())

    error = json.loads(content)["error"]
    assert (status, error["code"], error["param"]) == (404, "model_not_found", "model")
    assert "assistant, support-bot" in error["message"]
    assert "nobody" not in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", CHAT, 405, "method_not_allowed"),
        ("POST", "/v1/models", 405, "method_not_allowed"),
        ("DELETE", "/v1/models/assistant", 405, "method_not_allowed"),
        ("GET", "/v1/completions", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
    ],
)
def test_unknown_paths_and_methods(api: Api, method: str, path: str, status: int, code: str) -> None:
    got, headers, content = api.raw(method, path)

    assert (got, json.loads(content)["error"]["code"]) == (status, code)
    assert ("Allow" in headers) == (status == 405)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"text"', b"null", b"[" * 100_000])
@pytest.mark.parametrize("path", [CHAT, "/v1/retrieve", "/v1/retrieve-and-generate"])
def test_a_body_that_is_not_a_json_object_is_a_400(api: Api, path: str, body: bytes) -> None:
    status, _, content = api.raw("POST", path, body)

    assert (status, json.loads(content)["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("place", ["in the body", "in arguments"])
def test_a_number_that_json_does_not_have_is_a_400(api: Api, place: str, number: str) -> None:
    held = f'{{"a": {number}}}'
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": held}}
    messages = [*HELLO["messages"], {"role": "assistant", "tool_calls": [call]}]
    body = json.dumps({**HELLO, "messages": messages, "metadata": 0})
    body = body if place == "in arguments" else body.replace("0}", f"{held}}}")

    status, _, content = api.raw("POST", CHAT, body.encode())

    error = json.loads(content)["error"]
    where = "messages[1].tool_calls[0].function.arguments"
    assert (status, error["param"]) == (400, where if place == "in arguments" else None)
    assert error["code"] == ("invalid_value" if place == "in arguments" else "invalid_json")


def test_a_body_that_can_be_read_but_not_sent_on_is_too_deep(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON's writer begins further down the stack than its reader."""
    monkeypatch.setattr(api.clients, "converse", Mock(side_effect=RecursionError))
    api.base_serves()

    status, answer = api.post(CHAT, HELLO)

    assert (status, answer["error"]["code"]) == (400, "invalid_json")
    assert answer["error"]["message"] == "the body is nested too deeply; flatten it"


def test_a_missing_model_is_a_400(api: Api) -> None:
    assert api.post(CHAT, {"messages": []})[1]["error"]["param"] == "model"


SERVICE_ERRORS = [
    ("AccessDeniedException", 403, "model_access_denied"),
    ("ResourceNotFoundException", 404, "model_not_available"),
    ("ValidationException", 400, "invalid_request"),
    ("ThrottlingException", 429, "rate_limit_exceeded"),
    ("ServiceQuotaExceededException", 429, "rate_limit_exceeded"),
    ("ModelNotReadyException", 429, "model_not_ready"),
    ("ModelTimeoutException", 504, "timeout"),
    ("ModelErrorException", 502, "model_error"),
    ("InternalServerException", 503, "service_unavailable"),
    ("ServiceUnavailableException", 503, "service_unavailable"),
    ("ExpiredTokenException", 500, "internal_error"),
]


@pytest.mark.parametrize(("name", "status", "code"), SERVICE_ERRORS)
def test_errors_of_bedrock(api: Api, name: str, status: int, code: str) -> None:
    api.base_serves()
    reason = "Bad request for arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc here"
    for _ in range(MAX_ATTEMPTS if code in FALLBACK_PAUSES.keys() - set(FINAL_FOR_ITS_TARGET) else 1):
        api.runtime.add_client_error("converse", name, reason)

    got, headers, content = api.raw("POST", CHAT, json.dumps(HELLO).encode())

    assert (got, json.loads(content)["error"]["code"]) == (status, code)
    assert b"111122223333" not in content
    assert ("Retry-After" in headers) == ("retry-after-ms" in headers) == (status in (429, 503))
    assert 1000 <= int(headers.get("retry-after-ms", 1000)) <= 3000
    assert api.facts.error == name
    assert (b"Bad request for [resource] here" in content) == (name == "ValidationException")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ReadTimeoutError("https://x"), 504),
        (ConnectionError("https://x"), 503),
        (BrokenStreamError("https://x"), 503),
        (KeyError("secret detail"), 500),
    ],
)
def test_failures_of_the_connection(error: Exception, status: int) -> None:
    answer = api_error(error)

    assert answer.status == status
    assert "https://x" not in json.dumps(error_body(answer))
    assert "secret detail" not in json.dumps(error_body(answer))


def test_the_log_line_contains_nothing_the_caller_wrote() -> None:
    request = Request("BREW", "/v1/canary", b"canary")

    line = logged(request, 404, Facts())

    assert "canary" not in json.dumps(line)
    assert (line["route"], line["method"], line["status"], line["body_bytes"]) == ("unknown", "other", 404, 6)
    assert "_aws" not in line


def logged(request: Request, status: int, facts: Facts) -> dict[str, Any]:
    answer = json_answer(status, {})
    text = log_line(request, answer, facts, kit_deployment="support", request_id="r-1", now=5.5, milliseconds=3)
    line: dict[str, Any] = json.loads(text)
    return line


def test_answers_and_fallbacks_are_metrics_by_kind_of_target(api: Api) -> None:
    api.publishes(serving=SERVING)
    api.runtime.add_client_error("converse", "ThrottlingException", "canary")
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    assert api.post(CHAT, HELLO)[0] == 200

    line = logged(Request("POST", CHAT), 200, api.facts)

    directive, throttles = line["_aws"]["CloudWatchMetrics"]
    assert (throttles["Dimensions"], throttles["Metrics"][0]["Name"]) == ([["Deployment"]], "Throttles")
    assert line["Throttles"] == 1
    assert line["_aws"]["Timestamp"] == 5500
    assert [line[name] for name in directive["Dimensions"][0]] == ["support", "foundation-model"]
    assert {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]} == {"Answers": 1, "Fallbacks": 1}
    assert [attempt["error"] for attempt in line["attempts"]] == ["ThrottlingException", None]
    assert line["attempts"][0]["kind"] == "custom-model-deployment"
    assert "canary" not in json.dumps(line)


@pytest.mark.parametrize("searches", [0, 2])
def test_searches_are_a_metric_of_the_answers_that_had_them(api: Api, searches: int) -> None:
    """Without any there is no value: a metric has a monthly price."""
    api.publishes(serving=SERVING)
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    assert api.post(CHAT, HELLO)[0] == 200
    api.facts.searches = searches

    line = logged(Request("POST", CHAT), 200, api.facts)

    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert ({"Name": "FileSearches", "Unit": "Count"} in directive["Metrics"]) == bool(searches)
    assert (line["searches"], line.get("FileSearches", 0)) == (searches, searches)


@pytest.mark.parametrize(("sent", "allowed"), [("true", True), ("True", True), ("true", False), ("false", False)])
def test_arns_are_shown_to_callers_that_ask_and_may(api: Api, sent: str, allowed: bool) -> None:
    """They have the id of the account."""
    api.settings = api.settings._replace(show_arns=allowed)
    api.configure(["on-demand"])
    asks = sent.lower() == "true"
    if allowed or not asks:
        api.promoted()
        api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    body = json.dumps({"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}).encode()

    answer, _ = respond(Request("POST", "/v1/chat/completions", body, {"x-bedrock-kit-arns": sent}), api.service)
    value = json.loads(b"".join(answer.body))

    if asks and not allowed:
        assert (answer.status, value["error"]["code"]) == (403, "arns_not_allowed")
    else:
        target = DEPLOYMENT_ARN if allowed else "custom-model-deployment/abcdefgh1234"
        assert (value["served_by"]["target"], answer.headers["x-bedrock-model"]) == (target, target)
