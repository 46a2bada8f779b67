"""Retrieve and retrieve-and-generate: parameters, passages, citations, errors."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import ANY

from tests.inference_api.conftest import DEPLOYMENT_ARN, MICRO, Api

GENERATE = "/v1/retrieve-and-generate"
LOCATION = {"type": "S3", "s3Location": {"uri": "s3://documents/descaling.md"}}
PASSAGE = {"content": {"text": "Every two months."}, "location": LOCATION, "score": 0.9, "metadata": {"page": 1}}
ANSWER = {
    "sessionId": "session-1",
    "output": {"text": "Every two months."},
    "citations": [
        {
            "generatedResponsePart": {
                "textResponsePart": {"text": "Every two months.", "span": {"start": 0, "end": 17}}
            },
            "retrievedReferences": [{"content": {"text": "Descale every two months."}, "location": LOCATION}],
        }
    ],
}


def expect_answer(api: Api, model_arn: str, **more: Any) -> None:
    configuration = {"knowledgeBaseId": "KB12345678", "modelArn": model_arn, **more.pop("configuration", {})}
    request = {
        "input": {"text": "How often?"},
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": configuration,
        },
        **more,
    }
    api.agent.add_response("retrieve_and_generate", ANSWER, request)


@pytest.mark.parametrize(("more", "count"), [({}, 5), ({"max_results": 3, "knowledge_base": "documents"}, 3)])
def test_passages_with_score_and_source(api: Api, more: dict[str, Any], count: int) -> None:
    request = {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": "How often?"},
        "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": count}},
    }
    api.agent.add_response("retrieve", {"retrievalResults": [PASSAGE, {"content": {"text": "?"}}]}, request)

    status, answer = api.post("/v1/retrieve", {"query": "How often?", **more})

    assert status == 200
    assert answer["data"] == [
        {"text": "Every two months.", "score": 0.9, "source": "s3://documents/descaling.md", "metadata": {"page": 1}},
        {"text": "?", "score": None, "source": None, "metadata": {}},
    ]


def test_an_answer_with_citations_names_its_model(api: Api) -> None:
    expect_answer(api, MICRO["arn"])

    status, answer = api.post(GENERATE, {"query": "How often?"})

    source = {"source": "s3://documents/descaling.md", "text": "Descale every two months."}
    assert status == 200
    assert answer == {
        "answer": "Every two months.",
        "model": "amazon.nova-micro-v1:0",
        "served_by": {
            "alias": None,
            "target": "amazon.nova-micro-v1:0",
            "kind": "foundation-model",
            "attempts": 1,
        },
        "citations": [{"text": "Every two months.", "start": 0, "end": 17, "sources": [source]}],
        "session_id": "session-1",
    }


def test_a_custom_model_gets_prompt_templates(api: Api) -> None:
    api.promoted()
    prompts = {"generationConfiguration": ANY, "orchestrationConfiguration": ANY}
    expect_answer(api, DEPLOYMENT_ARN, configuration=prompts, sessionId="session-1")

    body = {"query": "How often?", "model": "support-bot", "session_id": "session-1"}
    status, answer = api.post(GENERATE, body)

    assert (status, answer["model"]) == (200, "support-bot")
    assert answer["served_by"]["target"] == "custom-model-deployment/abcdefgh1234"


@pytest.mark.parametrize(("model", "more"), [(None, set()), ("support-bot", {"orchestrationConfiguration"})])
def test_the_prompt_of_the_knowledge_base_is_used(api: Api, model: str | None, more: set[str]) -> None:
    if model:
        api.promoted()
    documents = api.settings.knowledge_bases["documents"]._replace(prompt="Briefly: $search_results$")
    api.service = api.service._replace(settings=api.settings._replace(knowledge_bases={"documents": documents}))
    generation = {"promptTemplate": {"textPromptTemplate": "Briefly: $search_results$"}}
    prompts = {"generationConfiguration": generation, **dict.fromkeys(more, ANY)}
    expect_answer(api, DEPLOYMENT_ARN if model else MICRO["arn"], configuration=prompts)

    assert api.post(GENERATE, {"query": "How often?", **({"model": model} if model else {})})[0] == 200


def test_the_prompt_templates_pass_botocores_validation(api: Api) -> None:
    api.promoted()
    api.agent.add_response("retrieve_and_generate", ANSWER)

    assert api.post(GENERATE, {"query": "How often?", "model": "support-bot"})[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        ("/v1/retrieve", {}, 400, "query"),
        ("/v1/retrieve", {"query": ""}, 400, "query"),
        ("/v1/retrieve", {"query": "x" * 20_001}, 400, "query"),
        ("/v1/retrieve", {"query": "x", "max_results": 101}, 400, "max_results"),
        ("/v1/retrieve", {"query": "x", "max_results": True}, 400, "max_results"),
        ("/v1/retrieve", {"query": "x", "knowledge_base": "other"}, 404, "knowledge_base"),
        (GENERATE, {"query": "x" * 1_001}, 400, "query"),
        (GENERATE, {"query": "x", "session_id": 7}, 400, "session_id"),
        (GENERATE, {"query": "x", "model": 7}, 400, "model"),
    ],
)
def test_faults(api: Api, path: str, body: dict[str, Any], status: int, param: str) -> None:
    got, answer = api.post(path, body)

    assert (got, answer["error"]["param"]) == (status, param)


def test_the_knowledge_base_must_be_named_if_there_are_several(api: Api) -> None:
    known = api.settings.knowledge_bases["documents"]
    settings = api.settings._replace(knowledge_bases={"a": known, "b": known._replace(id="KB00000002")})
    api.service = api.service._replace(settings=settings)

    status, answer = api.post("/v1/retrieve", {"query": "x"})

    assert status == 400
    assert "a, b" in answer["error"]["message"]


def test_without_a_knowledge_base_requests_fail(api: Api) -> None:
    api.service = api.service._replace(settings=api.settings._replace(knowledge_bases={}))

    assert api.post("/v1/retrieve", {"query": "x"})[0] == 404
    status, answer = api.post(GENERATE, {"query": "x"})
    assert (status, answer["error"]["param"]) == (404, "knowledge_base")


def test_errors_of_the_knowledge_base_service(api: Api) -> None:
    api.agent.add_client_error("retrieve", "ThrottlingException")

    assert api.post("/v1/retrieve", {"query": "x"})[0] == 429
