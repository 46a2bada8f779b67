"""Models of embeddings: the aliases that they serve, the bodies that they get, and what they answer."""

from __future__ import annotations

import json
from typing import Any

from kit_contract.inference_api import Alias, Model
from tests.inference_api.conftest import ORDER, Api

TITAN = "amazon.titan-embed-text-v2:0"
COHERE = "cohere.embed-english-v3"
NOVA = "amazon.nova-2-multimodal-embeddings-v1:0"


def vector(text: str) -> list[float]:
    return [len(text) / 2, -0.25]


def titan(model_id: str, body: Any) -> Any:
    return {"embedding": vector(body["inputText"]), "inputTextTokenCount": 3}


def cohere(model_id: str, body: Any) -> Any:
    return {"embeddings": [vector(text) for text in body["texts"]], "response_type": "embeddings_floats"}


def nova(model_id: str, body: Any) -> Any:
    text = body["singleEmbeddingParams"]["text"]["value"]
    return {"embeddings": [{"embeddingType": "TEXT", "embedding": vector(text)}]}


def serving(api: Api, model: str, answers: Any = titan, *, asked: bool = True) -> Api:
    """With the alias `embeddings`. `asked`: it is resolved in the test."""
    arn = f"arn:aws:bedrock:us-east-1::foundation-model/{model}"
    alias = Alias(Model(model, arn), ("base",), embedding=model, one_model=True)
    api.settings = api.settings._replace(aliases={**api.settings.aliases, "embeddings": alias})
    api.configure(ORDER)
    api.clients.answers = answers
    if asked:
        api.publishes(alias="embeddings")
    return api


def bodies(api: Api) -> list[Any]:
    return [json.loads(body) for _, body, _ in api.clients.invoked]
