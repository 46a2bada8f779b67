"""Prompts of aliases: before the caller's system messages in each dialect, with variables from one header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from inference_api import request_log
from inference_api.http_messages import Answer, Request
from inference_api.routes import respond
from kit_contract.inference_api import CORS_EXPOSED_HEADERS, VARIABLES_HEADER, Prompt
from kit_contract.inference_api_settings import aliases_json, settings_from
from tests.inference_api.conftest import ENVIRONMENT, MICRO, Api, converse_response

PROMPT = Prompt("support", "0123456789ab", "You work for {{company}}. Answer in {{language}}.", {"language": "English"})
USER = {"role": "user", "content": "Hello"}
HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
SAID = "You work for Example. Answer in English."
CHAT = "/v1/chat/completions"


@pytest.fixture
def prompted(api: Api) -> Api:
    aliases = {name: item._replace(prompt=PROMPT) for name, item in api.settings.aliases.items()}
    api.settings = api.settings._replace(aliases=aliases)
    api.configure(["base"])
    return api


def ask(api: Api, path: str, body: Mapping[str, Any], variables: str | None) -> tuple[int, Mapping[str, str], Any]:
    headers = {} if variables is None else {VARIABLES_HEADER: variables}
    request = Request("POST", path, json.dumps(body).encode(), headers)
    answer, api.facts = respond(request, api.service)
    return answer.status, answer.headers, json.loads(b"".join(answer.body))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CHAT, {"model": "support-bot", "messages": [{"role": "system", "content": "Be brief."}, USER]}),
        ("/v1/responses", {"model": "support-bot", "instructions": "Be brief.", "input": "Hello", "store": False}),
        ("/v1/messages", {"model": "support-bot", "system": "Be brief.", "messages": [USER], "max_tokens": 9}),
        ("/model/support-bot/converse", {"system": [{"text": "Be brief."}], "messages": HELLO}),
    ],
)
def test_it_comes_before_the_callers_own_in_each_dialect(prompted: Api, path: str, body: Mapping[str, Any]) -> None:
    system = [{"text": SAID}, {"text": "Be brief."}]
    expected: dict[str, Any] = {"modelId": MICRO["model"], "messages": HELLO, "system": system}
    if "max_tokens" in body:
        expected["inferenceConfig"] = {"maxTokens": 9}
    prompted.runtime.add_response("converse", converse_response({"text": "Hi"}), expected)

    status, headers, answer = ask(prompted, path, body, '{"company": "Example"}')

    assert status == 200, answer
    assert headers["x-bedrock-kit-prompt"] == "support:0123456789ab"
    assert "x-bedrock-kit-prompt" in CORS_EXPOSED_HEADERS


def test_the_log_has_name_and_version_and_no_text(prompted: Api) -> None:
    prompted.runtime.add_response("converse", converse_response({"text": "Hi"}))
    ask(prompted, CHAT, {"model": "support-bot", "messages": [USER]}, '{"company": "Example"}')

    line = request_log.log_line(
        Request("POST", CHAT),
        Answer(200, {}, iter(())),
        prompted.facts,
        kit_deployment="sup",
        request_id="1",
        now=0.0,
        milliseconds=1,
    )
    assert json.loads(line)["prompt"] == "support:0123456789ab"
    assert "Example" not in line


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (None, "the prompt of this alias needs company"),
        ('{"company": "x", "colour": "y"}', "colour is no variable of the prompt; it has company, language"),
        ("company=x", "must be a JSON object of texts"),
        ('{"company": 1}', "must be a JSON object of texts"),
    ],
)
def test_what_is_wrong_with_variables(prompted: Api, variables: str | None, says: str) -> None:
    status, _, answer = ask(prompted, CHAT, {"model": "support-bot", "messages": [USER]}, variables)

    assert (status, answer["error"]["param"]) == (400, VARIABLES_HEADER)
    assert says in answer["error"]["message"]


def test_an_alias_without_a_prompt_takes_no_variables(api: Api) -> None:
    api.configure(["base"])

    status, _, answer = ask(api, CHAT, {"model": "support-bot", "messages": [USER]}, "{}")

    assert (status, answer["error"]["message"].partition(": ")[2]) == (
        400,
        "this alias has no prompt; leave the header out",
    )


def test_invoke_model_would_go_around_it(prompted: Api) -> None:
    status, _, answer = ask(prompted, "/model/support-bot/invoke", {"messages": HELLO}, None)

    assert status == 400
    assert "this alias has the prompt support" in answer["message"]


def test_the_settings_come_back_from_the_file(prompted: Api) -> None:
    written = aliases_json(prompted.settings, ENVIRONMENT["ACCOUNT_ID"])

    assert settings_from(ENVIRONMENT, written).aliases["support-bot"].prompt == PROMPT
