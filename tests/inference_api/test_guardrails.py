"""Guardrails: applied to every target, shown in each dialect, and not to be avoided by a caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.stub import ANY

from inference_api import request_log
from inference_api.http_messages import Answer, Request
from tests.inference_api.conftest import (
    DEPLOYMENT_ARN,
    MICRO,
    Api,
    converse_events,
    converse_response,
)
from tests.inference_api.guardrails import ANSWER, BODY, CHAT, apply

CONVERSE = "/model/support-bot/converse"
HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
CONFIG = {"guardrailIdentifier": "abc123", "guardrailVersion": "7"}
BLOCKED = converse_response({"text": "I can't help."}, reason="guardrail_intervened")


@pytest.fixture
def guarded(api: Api) -> Api:
    apply(api)
    return api


def expected(model: str, **config: str) -> dict[str, Any]:
    return {"modelId": model, "messages": ANY, "guardrailConfig": CONFIG | config}


def logged(api: Api) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(
        request_log.log_line(
            Request("POST", CHAT),
            Answer(200, {}, iter(())),
            api.facts,
            kit_deployment="sup",
            request_id="1",
            now=0.0,
            milliseconds=1,
        )
    )
    return line


def test_every_target_has_the_guardrail_of_the_alias(guarded: Api) -> None:
    guarded.promoted()
    guarded.runtime.add_client_error(
        "converse", "ThrottlingException", "", 429, expected_params=expected(DEPLOYMENT_ARN)
    )
    guarded.runtime.add_response("converse", converse_response({"text": "Hi"}), expected(MICRO["model"]))

    status, answer = guarded.post(CHAT, BODY)

    assert (status, answer["choices"][0]["finish_reason"]) == (200, "stop")
    assert (logged(guarded)["guardrail"], logged(guarded)["GuardrailInterventions"]) == ("polite", 0)


@pytest.mark.parametrize(
    ("path", "body", "shown"),
    [
        (
            CHAT,
            BODY,
            lambda answer: (answer["choices"][0]["message"]["content"], answer["choices"][0]["finish_reason"]),
        ),
        (
            CONVERSE,
            {"messages": HELLO},
            lambda answer: (answer["output"]["message"]["content"][0]["text"], answer["stopReason"]),
        ),
    ],
)
def test_an_intervention_is_shown_and_logged(guarded: Api, path: str, body: Mapping[str, Any], shown: Any) -> None:
    guarded.base_serves()
    guarded.runtime.add_response("converse", BLOCKED, expected(MICRO["model"]))

    status, answer = guarded.post(path, body)

    text, reason = shown(answer)
    assert (status, text) == (200, "I can't help.")
    assert reason == ("content_filter" if path == CHAT else "guardrail_intervened")
    line = logged(guarded)
    assert (line["guardrail_intervened"], line["GuardrailInterventions"], line["error"]) == (True, 1, None)


def test_a_stream_waits_for_the_guardrail(guarded: Api) -> None:
    guarded.base_serves()
    seen: list[Mapping[str, Any]] = []
    clients, whole = guarded.clients, guarded.clients.converse_stream
    clients.streams.append(converse_events({"text": "I can't help."}, reason="guardrail_intervened"))

    def spied(model_id: str, request: Mapping[str, Any], *, read_seconds: float) -> Any:
        seen.append(request["guardrailConfig"])
        return whole(model_id, request, read_seconds=read_seconds)

    clients.converse_stream = spied  # type: ignore[method-assign]
    _, _, content = guarded.raw("POST", CHAT, json.dumps({**BODY, "stream": True}).encode())

    assert seen == [CONFIG | {"streamProcessingMode": "sync"}]
    assert '"finish_reason": "content_filter"' in content.decode()
    assert guarded.facts.intervened


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"guardrailConfig": CONFIG}, "guardrailConfig"),
        ({"system": [{"guardContent": {"text": {"text": "x"}}}]}, "system[0].guardContent"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"text": "bad"}, {"guardContent": {"text": {"text": "good"}}}]}
                ]
            },
            "messages[0].content[1].guardContent",
        ),
        (
            {"additionalModelRequestFields": {"amazon-bedrock-guardrailConfig": {"tagSuffix": "x"}}},
            "additionalModelRequestFields.amazon-bedrock-guardrailConfig",
        ),
    ],
)
def test_a_caller_cannot_weaken_it(guarded: Api, change: dict[str, Any], field: str) -> None:
    if "guardrailConfig" not in change:
        guarded.base_serves()

    status, answer = guarded.post(CONVERSE, {"messages": HELLO} | change)

    assert status == 400
    assert answer["message"].startswith(f"{field} is not supported")


@pytest.mark.parametrize(
    "change",
    [{"system": 5}, {"system": [5, "guardContent"]}, {"additionalModelRequestFields": [5]}],
)
def test_what_bedrock_refuses_is_no_fault_of_the_guardrail(guarded: Api, change: dict[str, Any]) -> None:
    guarded.base_serves()
    sent: list[Mapping[str, Any]] = []

    def converse(model_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        sent.append(request)
        return converse_response({"text": "Hi"})

    guarded.clients.converse = converse  # type: ignore[method-assign]

    assert guarded.post(CONVERSE, {"messages": HELLO} | change)[0] == 200
    assert sent[0]["guardrailConfig"] == CONFIG


def test_selected_content_passes_where_there_is_no_guardrail(api: Api) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    content = [{"guardContent": {"text": {"text": "Hello"}}}]

    assert api.post(CONVERSE, {"messages": [{"role": "user", "content": content}]})[0] == 200
    assert "GuardrailInterventions" not in logged(api)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ValidationException", "The guardrail identifier or version provided in the request does not exist."),
        ("ValidationException", "The provided guardrail identifier is invalid."),
        ("ResourceNotFoundException", "Guardrail abc123 version 7 not found."),
    ],
)
def test_a_guardrail_that_was_deleted_by_hand_ends_the_request(guarded: Api, code: str, message: str) -> None:
    guarded.promoted()
    guarded.runtime.add_client_error("converse", code, message, 400)

    status, answer = guarded.post(CHAT, BODY)

    assert (status, answer["error"]["code"]) == (404, "guardrail_not_available")
    assert "kit deploy makes a new one" in answer["error"]["message"]  # plain cdk deploy does not look
    assert len(guarded.facts.attempts) == 1


def test_an_alias_is_never_served_without_the_guardrail_that_it_names(api: Api) -> None:
    apply(api, alias="forgotten")
    api.base_serves()

    assert api.post(CHAT, BODY)[0] == 500


def test_a_custom_model_keeps_its_prompts_beside_the_guardrail(guarded: Api) -> None:
    guarded.promoted()
    sent: list[Any] = []
    clients = guarded.clients

    def retrieve_and_generate(request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        sent.append(request)
        return ANSWER

    clients.retrieve_and_generate = retrieve_and_generate  # type: ignore[method-assign]

    assert guarded.post("/v1/retrieve-and-generate", {"query": "How?", "model": "support-bot"})[0] == 200

    found = sent[0]["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"]
    assert sorted(found["generationConfiguration"]) == ["guardrailConfiguration", "promptTemplate"]


@pytest.mark.parametrize("operation", ["invoke", "invoke-with-response-stream"])
def test_invoke_model_is_refused_because_its_body_could_hide_text_from_the_guardrail(
    guarded: Api, operation: str
) -> None:
    guarded.base_serves()

    status, answer = guarded.post(f"/model/support-bot/{operation}", {"messages": []})

    assert status == 400
    assert "has the guardrail polite" in answer["message"]
    assert "use Converse" in answer["message"]
