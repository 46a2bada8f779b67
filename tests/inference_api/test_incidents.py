"""Requests that broke other gateways, with where it was reported: this API reaches nothing that they name."""

from __future__ import annotations

import base64
import json
import socket
from typing import Any

import pytest

from inference_api.authorizer import key_from
from tests.inference_api.conftest import Api

QUESTION = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}
CONVERSE = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": QUESTION,
    "/v1/responses": {"model": "support-bot", "input": "Hello"},
    "/v1/messages": {**QUESTION, "max_tokens": 10},
    "/v1/embeddings": {"model": "embeddings", "input": "Hello"},
    "/v1/retrieve": {"query": "Hello"},
    "/v1/retrieve-and-generate": {"query": "Hello"},
    "/model/support-bot/converse": CONVERSE,
    "/model/support-bot/converse-stream": CONVERSE,
}
# https://nvd.nist.gov/vuln/detail/CVE-2024-6587: the gateway's credentials went to the address in the body.
DESTINATIONS = ("api_base", "base_url", "endpoint_url", "region", "aws_region_name", "custom_llm_provider", "api_key")
# Addresses that checks of a URL have let through: https://owasp.org/www-community/attacks/Server_Side_Request_Forgery
INTERNAL = (
    "http://169.254.169.254/latest/meta-data/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fd00:ec2::254]/",
    "https://example.com/picture.png",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "s3://another-bucket/picture.png",
    "data:text/html,<script>alert(1)</script>",
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: Any, **named: Any) -> Any:
        raise AssertionError(f"a connection to {arguments}")

    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.mark.parametrize("name", DESTINATIONS)
@pytest.mark.parametrize("path", BODIES)
def test_a_body_cannot_say_where_to_send_the_request(api: Api, path: str, name: str) -> None:
    status, answer = api.post(path, {**BODIES[path], name: "https://attacker.example"})

    assert status == 400
    assert name in json.dumps(answer)


@pytest.mark.parametrize(
    "model",
    [
        "arn:aws:bedrock:us-east-1:999999999999:custom-model-deployment/abcdefgh1234",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-1-20250805-v1:0",
        "../support-bot",
        "support-bot\u0000",
        "SUPPORT-BOT",
    ],
)
def test_only_aliases_name_models(api: Api, model: str) -> None:
    for path in (
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/messages",
        "/v1/embeddings",
        "/v1/retrieve-and-generate",
    ):
        status, _ = api.post(path, {**BODIES[path], "model": model})
        assert status in (400, 404), path


@pytest.mark.parametrize("url", INTERNAL)
def test_no_address_in_a_message_is_fetched(api: Api, url: str) -> None:
    picture = {"type": "image_url", "image_url": {"url": url}}
    file = {"type": "file", "file": {"filename": "a.pdf", "file_data": url}}
    bodies: list[tuple[str, Any]] = [
        ("/v1/chat/completions", {**QUESTION, "messages": [{"role": "user", "content": [part]}]})
        for part in (picture, file)
    ]
    source = {"type": "url", "url": url}
    bodies += [
        ("/v1/messages", {**BODIES["/v1/messages"], "messages": [{"role": "user", "content": [block]}]})
        for block in ({"type": "image", "source": source}, {"type": "document", "source": source})
    ]
    item = {"role": "user", "content": [{"type": "input_image", "image_url": url}]}
    bodies.append(("/v1/responses", {"model": "support-bot", "input": [item]}))

    assert [api.post(path, body)[0] for path, body in bodies] == [400] * len(bodies)


@pytest.mark.parametrize(
    "path",
    [
        "//v1/models",
        "/v1//models",
        "/v1/models/..;/models",
        "/v1/%6dodels",
        "/V1/models",
        "/v1/models.",
        "/v1/../health",
        "/proxy/v1/chat/completions",
        "http://attacker.example/v1/models",
    ],
)
def test_a_path_is_compared_as_it_is(api: Api, path: str) -> None:
    """https://nvd.nist.gov/vuln/detail/CVE-2025-66405: a second route to the same function had no check."""
    assert api.raw("GET", path)[0] == 404


@pytest.mark.parametrize(
    "value",
    [
        "' OR 1=1 --",
        "Bearer ' OR '1'='1",
        "Bearer \x00",
        "Bearer " + "k" * 65_536,
        "Bearer \udc80",
        "Basic azpr",
        "Bearer",
        "",
    ],
)
def test_odd_keys_are_only_compared(value: str) -> None:
    """CVE-2026-42208: the header went into a query of a database."""
    key = key_from({"Authorization": value})

    assert key is None or f"Bearer {key}" == value.strip()


def test_a_picture_that_unpacks_to_gigabytes_is_passed_on_unopened(api: Api) -> None:
    api.base_serves()
    bomb = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\x7f" * 64).decode()
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{bomb}"}}
    sent = {"image": {"format": "png", "source": {"bytes": base64.b64decode(bomb)}}}
    answer = {
        "output": {"message": {"role": "assistant", "content": [{"text": "A picture."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }
    messages = [{"role": "user", "content": [sent]}]
    api.runtime.add_response("converse", answer, {"modelId": "amazon.nova-micro-v1:0", "messages": messages})

    status, _ = api.post("/v1/chat/completions", {**QUESTION, "messages": [{"role": "user", "content": [part]}]})

    assert status == 200
