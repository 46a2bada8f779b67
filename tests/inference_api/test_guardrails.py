"""Guardrails: applied to every target, shown in each dialect, and not to be avoided by a caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.stub import ANY

from inference_api import request_log
from inference_api.http_messages import Answer, Request
from kit_contract.inference_api import Guardrail
from tests.inference_api.conftest import (
    DEPLOYMENT_ARN,
    MICRO,
    ORDER,
    Api,
    converse_events,
    converse_response,
    with_knowledge_base,
)

CHAT = "/v1/chat/completions"
CONVERSE = "/model/support-bot/converse"
HELLO = [{"role": "user", "content": [{"text": "Hello"}]}]
BODY = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}
CONFIG = {"guardrailIdentifier": "abc123", "guardrailVersion": "7"}
RETRIEVAL = {"guardrailId": "abc123", "guardrailVersion": "7"}
GUARDRAILS = {"polite": Guardrail("polite", "abc123", "7"), "strict": Guardrail("strict", "def456", "1")}
BLOCKED = converse_response({"text": "I can't help."}, reason="guardrail_intervened")
ANSWER = {"sessionId": "session-1", "output": {"text": "Every two months."}, "citations": []}


def apply(api: Api, *, alias: str | None = "polite", knowledge_base: str | None = None) -> None:
    aliases = {name: item._replace(guardrail=alias) for name, item in api.settings.aliases.items()}
    settings = with_knowledge_base(api.settings, guardrail=knowledge_base)
    api.settings = settings._replace(aliases=aliases, guardrails=GUARDRAILS)
    api.configure(ORDER)


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


@pytest.mark.parametrize(("action", "intervened"), [("INTERVENED", True), ("NONE", False)])
def test_passages_are_searched_with_the_guardrail_of_the_knowledge_base(
    api: Api, action: str, intervened: bool
) -> None:
    apply(api, alias=None, knowledge_base="polite")
    request = {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": "How often?"},
        "retrievalConfiguration": ANY,
        "guardrailConfiguration": RETRIEVAL,
    }
    api.agent.add_response("retrieve", {"retrievalResults": [], "guardrailAction": action}, request)

    status, answer = api.post("/v1/retrieve", {"query": "How often?"})

    assert (status, answer) == (200, {"data": [], "guardrail_action": action})
    assert (api.facts.guardrail, api.facts.intervened) == ("polite", intervened)


def test_a_model_searches_with_the_guardrail_of_the_knowledge_base(api: Api) -> None:
    apply(api, alias="strict", knowledge_base="polite")
    api.base_serves()
    call = {"toolUse": {"toolUseId": "t1", "name": "file_search", "input": {"query": "How often?"}}}
    answers = [converse_response(call, reason="tool_use"), converse_response({"text": "Never."})]
    for answer in answers:
        strict = {"guardrailIdentifier": "def456", "guardrailVersion": "1"}
        request = {"modelId": ANY, "messages": ANY, "toolConfig": ANY, "guardrailConfig": strict}
        api.runtime.add_response("converse", answer, request)
    request = {"knowledgeBaseId": ANY, "retrievalQuery": ANY, "retrievalConfiguration": ANY}
    request["guardrailConfiguration"] = RETRIEVAL
    api.agent.add_response("retrieve", {"retrievalResults": []}, request)

    status, _ = api.post(CHAT, {**BODY, "tools": [{"type": "file_search", "vector_store_ids": ["documents"]}]})

    assert (status, api.facts.guardrail) == (200, "strict")


@pytest.mark.parametrize(
    ("alias", "knowledge_base", "more"),
    [("polite", None, {"model": "support-bot"}), (None, "polite", {}), ("polite", "polite", {"model": "support-bot"})],
)
def test_answers_have_the_guardrail_of_the_knowledge_base_or_of_the_alias(
    api: Api, alias: str | None, knowledge_base: str | None, more: dict[str, str]
) -> None:
    apply(api, alias=alias, knowledge_base=knowledge_base)
    if more:
        api.base_serves()
    generation = {"guardrailConfiguration": RETRIEVAL}
    configuration = {"knowledgeBaseId": "KB12345678", "modelArn": ANY, "generationConfiguration": generation}
    wanted = {"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": configuration}
    request = {"input": ANY, "retrieveAndGenerateConfiguration": wanted}
    api.agent.add_response("retrieve_and_generate", ANSWER | {"guardrailAction": "INTERVENED"}, request)

    status, answer = api.post("/v1/retrieve-and-generate", {"query": "How often?", **more})

    assert (status, answer["guardrail_action"]) == (200, "INTERVENED")


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


def test_two_guardrails_are_refused_rather_than_one_of_them_dropped(api: Api) -> None:
    apply(api, alias="polite", knowledge_base="strict")
    api.base_serves()

    status, answer = api.post("/v1/retrieve-and-generate", {"query": "How?", "model": "support-bot"})

    assert (status, answer["error"]["param"]) == (400, "model")
    assert "another guardrail (polite) than the knowledge base (strict)" in answer["error"]["message"]


@pytest.mark.parametrize("operation", ["invoke", "invoke-with-response-stream"])
def test_invoke_model_is_refused_because_its_body_could_hide_text_from_the_guardrail(
    guarded: Api, operation: str
) -> None:
    guarded.base_serves()

    status, answer = guarded.post(f"/model/support-bot/{operation}", {"messages": []})

    assert status == 400
    assert "has the guardrail polite" in answer["message"]
    assert "use Converse" in answer["message"]
