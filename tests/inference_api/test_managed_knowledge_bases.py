"""A managed knowledge base: its own search and reranker; what it can't do is a 400 that says what can."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.conftest import Api, with_knowledge_base

FOUND = {"content": {"text": "Every two months."}, "score": 0.9}


@pytest.fixture
def managed(api: Api) -> Api:
    api.service = api.service._replace(settings=with_knowledge_base(api.settings, store="MANAGED"))
    return api


def searched(api: Api, **search: Any) -> None:
    request = {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": "How often?"},
        "retrievalConfiguration": {"managedSearchConfiguration": search},
    }
    api.agent.add_response("retrieve", {"retrievalResults": [FOUND]}, request)


def test_a_search_is_managed_and_not_reranked_unless_asked(managed: Api) -> None:
    searched(managed, numberOfResults=5, rerankingModelType="NONE")
    assert managed.post("/v1/retrieve", {"query": "How often?"})[0] == 200

    condition = {"equals": {"key": "language", "value": "en"}}
    searched(managed, numberOfResults=3, rerankingModelType="MANAGED", filter=condition)
    more = {"max_results": 3, "rerank": True, "filter": condition}
    assert managed.post("/v1/retrieve", {"query": "How often?", **more})[0] == 200


@pytest.mark.parametrize(
    ("path", "more", "param"),
    [
        ("/v1/retrieve", {"search_type": "semantic"}, "search_type"),
        ("/v1/retrieve", {"query": "x" * 10_001}, "query"),
        ("/v1/retrieve", {"rerank": {"top_n": 2}}, "rerank.top_n"),
        ("/v1/retrieve-and-generate", {}, "knowledge_base"),
        ("/v1/retrieve-and-generate", {"stream": True}, "knowledge_base"),
    ],
)
def test_what_it_can_not_do_is_refused_before_aws_is_asked(
    managed: Api, path: str, more: dict[str, Any], param: str
) -> None:
    status, answer = managed.post(path, {"query": "How often?", **more})

    assert (status, answer["error"]["param"]) == (400, param)
