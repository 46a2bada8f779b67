"""`rerank` and `search_type` of the two routes: Bedrock's rerankingConfiguration, or a refusal by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.conftest import MICRO, Api, with_knowledge_base

RETRIEVE, GENERATE = "/v1/retrieve", "/v1/retrieve-and-generate"
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"


@pytest.fixture
def reranking(api: Api) -> Api:
    api.service = api.service._replace(settings=with_knowledge_base(api.settings, rerank_model_arn=MODEL))
    return api


def configuration(**more: int) -> dict[str, Any]:
    model = {"modelConfiguration": {"modelArn": MODEL}, **more}
    return {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": model}


def expect(api: Api, path: str, search: dict[str, Any]) -> None:
    retrieval = {"retrievalConfiguration": {"vectorSearchConfiguration": search}} if search else {}
    if path == RETRIEVE:
        request = {"knowledgeBaseId": "KB12345678", "retrievalQuery": {"text": "How often?"}, **retrieval}
        api.agent.add_response("retrieve", {"retrievalResults": []}, request)
        return
    knowledge_base = {"knowledgeBaseId": "KB12345678", "modelArn": MICRO["arn"], **retrieval}
    request = {
        "input": {"text": "How often?"},
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": knowledge_base,
        },
    }
    response = {"sessionId": "session-1", "output": {"text": "?"}, "citations": []}
    api.agent.add_response("retrieve_and_generate", response, request)


@pytest.mark.parametrize("path", [RETRIEVE, GENERATE])
@pytest.mark.parametrize(
    ("body", "search"),
    [
        ({"rerank": True}, {"rerankingConfiguration": configuration()}),
        (
            {"rerank": {"top_n": 3}, "max_results": 20},
            {"numberOfResults": 20, "rerankingConfiguration": configuration(numberOfRerankedResults=3)},
        ),
        ({"rerank": {}}, {"rerankingConfiguration": configuration()}),
        ({"rerank": False}, {}),
        ({"rerank": None, "search_type": None}, {}),
        ({"search_type": "semantic"}, {"overrideSearchType": "SEMANTIC"}),
    ],
)
def test_the_search_reaches_bedrock(reranking: Api, path: str, body: Any, search: dict[str, Any]) -> None:
    default = {"numberOfResults": 5} if path == RETRIEVE else {}
    expect(reranking, path, default | search)

    assert reranking.post(path, {"query": "How often?", **body})[0] == 200


@pytest.mark.parametrize("path", [RETRIEVE, GENERATE])
@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"rerank": "yes"}, "rerank", "invalid_value"),
        ({"rerank": 1}, "rerank", "invalid_value"),
        ({"rerank": {"top_n": 0}}, "rerank.top_n", "invalid_value"),
        ({"rerank": {"top_n": 6}}, "rerank.top_n", "invalid_value"),
        ({"rerank": {"top_n": True}}, "rerank.top_n", "invalid_value"),
        ({"rerank": {"model": "x"}}, "rerank.model", "unknown_field"),
        ({"search_type": "hybrid"}, "search_type", "unsupported_value"),
        ({"search_type": ["semantic"]}, "search_type", "unsupported_value"),
    ],
)
def test_what_is_refused(reranking: Api, path: str, body: Any, param: str, code: str) -> None:
    status, answer = reranking.post(path, {"query": "x", **body})

    assert (status, answer["error"]["param"], answer["error"]["code"]) == (400, param, code)


def test_a_deployment_without_a_model_to_rerank_with_says_so(api: Api) -> None:
    status, answer = api.post(RETRIEVE, {"query": "x", "rerank": True})

    assert (status, answer["error"]["param"]) == (400, "rerank")
    assert "set its rerank_model in deployment.toml" in answer["error"]["message"]


@pytest.mark.parametrize("path", [RETRIEVE, GENERATE])
def test_a_store_that_matches_words_searches_hybrid(api: Api, path: str) -> None:
    api.service = api.service._replace(settings=with_knowledge_base(api.settings, store="OPENSEARCH_SERVERLESS"))
    search = {"overrideSearchType": "HYBRID"}
    expect(api, path, {"numberOfResults": 5, **search} if path == RETRIEVE else search)

    assert api.post(path, {"query": "How often?", "search_type": "hybrid"})[0] == 200
    status, answer = api.post(path, {"query": "How often?", "search_type": "lexical"})
    assert (status, answer["error"]["message"]) == (400, 'search_type must be semantic or hybrid, got "lexical"')
