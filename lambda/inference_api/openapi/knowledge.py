"""POST /v1/retrieve and /v1/retrieve-and-generate, and what needs no model: /health and this description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import retrieval_filter as filters
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
    FILLED,
    OBJECT,
    TEXT,
    Schema,
    answer,
    component,
    list_of,
    number,
    one_of,
    or_null,
    request,
)
from inference_api.retrieval import (
    GENERATE_FIELDS,
    MAX_QUERY_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    MAX_RESULTS,
    RETRIEVE_FIELDS,
)

_PLAIN: Schema = {"type": ["string", "number", "boolean"]}
_KEY: Schema = {"type": "string", "minLength": 1, "maxLength": filters.MAX_KEY_LENGTH}


def _operand(operator: str) -> Schema:
    if operator in filters.GROUPS:
        return list_of(component("Filter"), minItems=2)
    value: Schema = {"type": "string"} if operator == "listContains" else _PLAIN
    if operator in filters.NUMBERS:
        value = {"type": "number"}
    elif operator in filters.LISTS:
        value = list_of(_PLAIN, minItems=1, maxItems=filters.MAX_LIST)
    return request(("key", "value"), {"key": _KEY, "value": value}, ("key", "value"))


_FILTER = {
    **request(filters.OPERATORS, {name: _operand(name) for name in filters.OPERATORS}),
    "minProperties": 1,
    "maxProperties": 1,
    "description": f"one operator; groups at most {filters.MAX_DEPTH} levels deep",
}
_FIELDS: Mapping[str, Schema] = {
    "knowledge_base": or_null(FILLED, "can be left out if there is only one"),
    "max_results": or_null(number(1, MAX_RESULTS, "integer")),
    "filter": component("Filter"),
    "model": or_null(component("Alias")),
    "session_id": or_null(FILLED, "of an earlier answer, to continue its conversation"),
}


def _body(known: tuple[str, ...], characters: int) -> Schema:
    own = {"query": {**FILLED, "maxLength": characters}, **_FIELDS}
    return request(known, {name: own[name] for name in known}, ("query",))


_PASSAGE = answer(
    {"text": TEXT, "score": {"type": ["number", "null"]}, "source": or_null(TEXT), "metadata": OBJECT},
)
_OFFSET: Schema = {"type": ["integer", "null"]}
_CITATION = answer(
    {
        "text": TEXT,
        "start": _OFFSET,
        "end": _OFFSET,
        "sources": list_of(answer({"source": or_null(TEXT), "text": TEXT})),
    }
)
_GENERATED = answer(
    {
        "answer": TEXT,
        "citations": list_of(_CITATION),
        "session_id": TEXT,
        "model": TEXT,
        "served_by": component("ServedBy"),
    }
)

COMPONENTS: Mapping[str, Any] = {"Filter": _FILTER}
OPERATIONS: Mapping[str, Operation] = {
    "/health": Operation(
        "Whether the API answers", {"application/json": answer({"status": one_of("ok")})}, public=True, calls=False
    ),
    "/openapi.json": Operation("This description", {"application/json": OBJECT}, public=True, calls=False),
    "/v1/retrieve": Operation(
        "Passages of a knowledge base",
        {"application/json": answer({"data": list_of(_PASSAGE)})},
        _body(RETRIEVE_FIELDS, MAX_QUERY_CHARACTERS),
        example={"query": "open invoices"},
    ),
    "/v1/retrieve-and-generate": Operation(
        "An answer from a knowledge base, with citations",
        {"application/json": _GENERATED},
        _body(GENERATE_FIELDS, MAX_QUESTION_CHARACTERS),
        example={"query": "Which invoices are open?"},
        served_by=True,
    ),
}
