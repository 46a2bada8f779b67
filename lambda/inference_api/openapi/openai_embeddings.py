"""POST /v1/embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.embedding_bodies import INPUT_TYPES
from inference_api.openai_embeddings.request import FIELDS, FORMATS, MAX_TEXTS
from inference_api.openapi.openai import ALIAS, IGNORED_FIELD
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import COUNT, TEXT, Schema, answer, component, list_of, one_of, or_null, request

_TEXT: Schema = {"type": "string", "minLength": 1}
_NUMBERS = list_of({"type": "number"})
_PROPERTIES: Mapping[str, Schema] = {
    "model": ALIAS,
    "input": {"anyOf": [_TEXT, list_of(_TEXT, minItems=1, maxItems=MAX_TEXTS)]},
    "encoding_format": or_null(one_of(*FORMATS)),
    "dimensions": or_null({"type": "integer", "minimum": 1}, "one that the alias's model has"),
    "input_type": or_null(one_of(*INPUT_TYPES), "only for models that tell documents from queries"),
    "user": IGNORED_FIELD,
}
_VECTOR: Schema = {"anyOf": [_NUMBERS, {**TEXT, "description": "base64 of 32-bit floats, little-endian"}]}
_EMBEDDING = answer({"object": one_of("embedding"), "index": COUNT, "embedding": _VECTOR})

COMPONENTS: Mapping[str, Any] = {"Embedding": _EMBEDDING}
OPERATIONS: Mapping[str, Operation] = {
    "/v1/embeddings": Operation(
        "Embeddings of OpenAI",
        {
            "application/json": answer(
                {
                    "object": one_of("list"),
                    "data": list_of(component("Embedding")),
                    "model": TEXT,
                    "usage": answer({"prompt_tokens": COUNT, "total_tokens": COUNT}),
                    "served_by": component("ServedBy"),
                }
            )
        },
        request(FIELDS, _PROPERTIES, ("model", "input")),
        example={"model": "embeddings", "input": "Hello"},
        served_by=True,
    )
}
