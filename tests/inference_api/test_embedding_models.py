"""Each embedding model gets a body of its own form, and as many texts a call as it takes."""

from __future__ import annotations

from typing import Any

import pytest

from kit_contract.embedding_models import EMBEDDING_MODELS
from model_catalog import catalog
from tests.inference_api.conftest import Api
from tests.inference_api.embeddings import COHERE, NOVA, bodies, cohere, nova, serving, titan, vector


@pytest.mark.parametrize(
    ("model", "answers", "given", "expected"),
    [
        ("amazon.titan-embed-text-v1", titan, {"dimensions": 1536}, {"inputText": "a"}),
        (
            "amazon.titan-embed-image-v1",
            titan,
            {"dimensions": 384},
            {"inputText": "a", "embeddingConfig": {"outputEmbeddingLength": 384}},
        ),
        (COHERE, cohere, {}, {"texts": ["a"], "input_type": "search_document", "truncate": "NONE"}),
        (
            "cohere.embed-v4:0",
            lambda _, body: {"embeddings": {"float": [vector("a")]}, "response_type": "embeddings_by_type"},
            {"dimensions": 256, "input_type": "search_query"},
            {
                "texts": ["a"],
                "input_type": "search_query",
                "truncate": "NONE",
                "embedding_types": ["float"],
                "output_dimension": 256,
            },
        ),
        (
            NOVA,
            nova,
            {"dimensions": 1024, "input_type": "search_query"},
            {
                "taskType": "SINGLE_EMBEDDING",
                "singleEmbeddingParams": {
                    "embeddingPurpose": "TEXT_RETRIEVAL",
                    "embeddingDimension": 1024,
                    "text": {"truncationMode": "NONE", "value": "a"},
                },
            },
        ),
    ],
)
def test_each_model_gets_its_own_body(
    api: Api, model: str, answers: Any, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    serving(api, model, answers)
    api.clients.reply_headers["x-amzn-bedrock-input-token-count"] = "5"

    status, answer = api.post("/v1/embeddings", {"model": "embeddings", "input": "a", **given})

    assert (status, bodies(api)) == (200, [expected])
    assert answer["data"] == [{"object": "embedding", "index": 0, "embedding": vector("a")}]
    assert answer["usage"] == {"prompt_tokens": 5, "total_tokens": 5}


def test_an_input_type_that_cohere_does_not_have_is_refused(api: Api) -> None:
    serving(api, COHERE, cohere)

    _, answer = api.post("/v1/embeddings", {"model": "embeddings", "input": "a", "input_type": "query"})

    assert "one of search_document, search_query, classification, clustering" in answer["error"]["message"]


def test_cohere_gets_96_texts_a_call(api: Api) -> None:
    serving(api, COHERE, cohere)
    texts = ["x" * (number % 7 + 1) for number in range(200)]

    _, answer = api.post("/v1/embeddings", {"model": "embeddings", "input": texts})

    assert [item["embedding"] for item in answer["data"]] == [vector(text) for text in texts]
    assert [len(body["texts"]) for body in bodies(api)] == [96, 96, 8]


def test_the_lengths_are_those_of_the_catalog() -> None:
    assert {model: catalog.find(model).dimensions for model in EMBEDDING_MODELS} == EMBEDDING_MODELS
