"""The bodies of InvokeModel for embedding models: each model has its own. The pages are in kit_contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

Vector = Sequence[float]
SEARCH_DOCUMENT = "search_document"  # what a text is embedded for if the caller does not say
COHERE_TEXTS = 96


class Bodies(NamedTuple):
    """`request`: texts, length of the vectors, input type -> body. `vectors`: those of a response, one for each text.

    `input_types`: the caller's names -> the model's; empty if it has none. `texts`: at most as many in one call.
    """

    request: Callable[[Sequence[str], int | None, str | None], dict[str, Any]]
    vectors: Callable[[Mapping[str, Any]], Sequence[Vector]]
    input_types: Mapping[str, str] = MappingProxyType({})
    texts: int = 1


def bodies_of(model: str) -> Bodies:
    """`model` is one of kit_contract's EMBEDDING_MODELS."""
    return next(bodies for prefix, bodies in _BODIES.items() if model.startswith(prefix))


def _titan_g1(texts: Sequence[str], dimensions: int | None, input_type: str | None) -> dict[str, Any]:
    return {"inputText": texts[0]}


def _titan_v2(texts: Sequence[str], dimensions: int | None, input_type: str | None) -> dict[str, Any]:
    return {"inputText": texts[0]} | ({"dimensions": dimensions} if dimensions else {})


def _titan_multimodal(texts: Sequence[str], dimensions: int | None, input_type: str | None) -> dict[str, Any]:
    return {"inputText": texts[0]} | ({"embeddingConfig": {"outputEmbeddingLength": dimensions}} if dimensions else {})


def _cohere_v3(texts: Sequence[str], dimensions: int | None, input_type: str | None) -> dict[str, Any]:
    return {"texts": list(texts), "input_type": input_type, "truncate": "NONE"}


def _cohere_v4(texts: Sequence[str], dimensions: int | None, input_type: str | None) -> dict[str, Any]:
    body = {"texts": list(texts), "input_type": input_type, "truncate": "NONE", "embedding_types": ["float"]}
    return body | ({"output_dimension": dimensions} if dimensions else {})


def _nova(texts: Sequence[str], dimensions: int | None, input_type: str | None) -> dict[str, Any]:
    size = {"embeddingDimension": dimensions} if dimensions else {}
    text = {"truncationMode": "NONE", "value": texts[0]}
    return {
        "taskType": "SINGLE_EMBEDDING",
        "singleEmbeddingParams": {"embeddingPurpose": input_type, **size, "text": text},
    }


def _of_titan(response: Mapping[str, Any]) -> Sequence[Vector]:
    return [response["embedding"]]


def _of_cohere(response: Mapping[str, Any]) -> Sequence[Vector]:
    """The vectors themselves, or by type if the request named types."""
    found = response["embeddings"]
    vectors: Sequence[Vector] = found["float"] if isinstance(found, dict) else found
    return vectors


def _of_nova(response: Mapping[str, Any]) -> Sequence[Vector]:
    return [response["embeddings"][0]["embedding"]]


INPUT_TYPES = (SEARCH_DOCUMENT, "search_query", "classification", "clustering")
_COHERE_TYPES = {name: name for name in INPUT_TYPES}
# This API embeds texts only, so a query searches an index of texts only.
_NOVA_PURPOSES = {
    SEARCH_DOCUMENT: "GENERIC_INDEX",
    "search_query": "TEXT_RETRIEVAL",
    "classification": "CLASSIFICATION",
    "clustering": "CLUSTERING",
}
_BODIES: Mapping[str, Bodies] = {
    "amazon.titan-embed-text-v2": Bodies(_titan_v2, _of_titan),
    "amazon.titan-embed-image": Bodies(_titan_multimodal, _of_titan),
    "amazon.titan-embed": Bodies(_titan_g1, _of_titan),
    "amazon.nova": Bodies(_nova, _of_nova, _NOVA_PURPOSES),
    "cohere.embed-v4": Bodies(_cohere_v4, _of_cohere, _COHERE_TYPES, COHERE_TEXTS),
    "cohere.embed": Bodies(_cohere_v3, _of_cohere, _COHERE_TYPES, COHERE_TEXTS),
}
