"""Requests below /iam: those of the Bedrock dialect, with the alias as IAM policies saw it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.inference_api.conftest import Api, converse_response

BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}).encode()


def ask(api: Api, path: str, public_path: str = "") -> tuple[int, Any, str]:
    answer, facts = respond(Request("POST", path, BODY, public_path=public_path), api.service)
    return answer.status, json.loads(b"".join(answer.body)), facts.route


@pytest.mark.parametrize(
    "public_path", ["", "/prod/iam/model/support-bot/converse", "/base/iam/model/support-bot/converse"]
)
def test_a_signed_request_is_answered_as_one_with_a_key(api: Api, public_path: str) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    status, answer, route = ask(api, "/iam/model/support-bot/converse", public_path)

    assert (status, answer["output"]["message"]["content"]) == (200, [{"text": "Hi"}])
    assert route == "/iam/model/{alias}/converse"


@pytest.mark.parametrize(
    ("path", "public_path"),
    [
        ("/iam/model/support-bot/converse", "/prod/iam/model/%73upport-bot/converse"),
        ("/iam/model/%73upport-bot/converse", ""),
        ("/iam/model/support-bot/converse", "/prod/iam/model/other/../support-bot/converse"),
        ("/iam/model/support-bot/converse", "/prod/iam//model/support-bot/converse"),
    ],
)
def test_a_path_that_a_policy_may_have_read_otherwise_is_refused(api: Api, path: str, public_path: str) -> None:
    status, answer, _ = ask(api, path, public_path)

    assert status == 400
    assert "without %XX" in answer["message"]


@pytest.mark.parametrize(
    "path", ["/iam/v1/chat/completions", "/iam/model/support-bot/other", "/iam/health", "/iamx/model/a/converse"]
)
def test_nothing_else_is_below_iam(api: Api, path: str) -> None:
    assert ask(api, path)[0] == 404


def test_an_unknown_alias_is_an_error_of_bedrock(api: Api) -> None:
    status, answer, _ = ask(api, "/iam/model/a/../support-bot/converse")

    assert (status, list(answer)) == (404, ["message"])
