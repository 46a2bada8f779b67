"""Guardrails of a knowledge base: applied to searches and to answers from its documents."""

from __future__ import annotations

import pytest
from botocore.stub import ANY

from tests.inference_api.conftest import (
    Api,
    converse_response,
)
from tests.inference_api.guardrails import ANSWER, BODY, CHAT, RETRIEVAL, apply


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


def test_two_guardrails_are_refused_rather_than_one_of_them_dropped(api: Api) -> None:
    apply(api, alias="polite", knowledge_base="strict")
    api.base_serves()

    status, answer = api.post("/v1/retrieve-and-generate", {"query": "How?", "model": "support-bot"})

    assert (status, answer["error"]["param"]) == (400, "model")
    assert "another guardrail (polite) than the knowledge base (strict)" in answer["error"]["message"]
