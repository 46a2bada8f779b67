"""POST /v1/retrieve and /v1/retrieve-and-generate, and what needs no model: /health and this description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import grounded_answers as grounded
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
    FILLED,
    FLAG,
    OBJECT,
    TEXT,
    Schema,
    answer,
    component,
    events,
    list_of,
    number,
    one_of,
    or_null,
    request,
)
from inference_api.retrieval import (
    MAX_QUERY_CHARACTERS,
    MAX_RESULTS,
    SEARCH_FIELDS,
)
from kit_contract import retrieval_filter as filters

_PLAIN: Schema = {"type": ["string", "number", "boolean"]}
_KEY: Schema = {"type": "string", "minLength": 1, "maxLength": filters.MAX_KEY_LENGTH}


def attribute(operator: str) -> dict[str, Schema]:
    """What Bedrock's `operator` compares: the fields `key` and `value`."""
    value: Schema = {"type": "string"} if operator in filters.TEXTS else _PLAIN
    if operator in filters.NUMBERS:
        value = {"type": "number"}
    elif operator in filters.LISTS:
        value = list_of(_PLAIN, minItems=1, maxItems=filters.MAX_LIST)
    return {"key": _KEY, "value": value}


def _operand(operator: str) -> Schema:
    if operator in filters.GROUPS:
        return list_of(component("Filter"), minItems=2)
    return request(("key", "value"), attribute(operator), ("key", "value"))


_FILTER = {
    **request(filters.OPERATORS, {name: _operand(name) for name in filters.OPERATORS}),
    "minProperties": 1,
    "maxProperties": 1,
    "description": f"one operator that the store has; groups at most {filters.MAX_DEPTH} levels deep",
}
_RESULTS = or_null(number(1, MAX_RESULTS, "integer"))
_FIELDS: Mapping[str, Schema] = {
    "knowledge_base": or_null(FILLED, "can be left out if there is only one"),
    "max_results": _RESULTS,
    "filter": component("Filter"),
    "model": or_null(component("Alias")),
    "search_type": or_null(one_of("semantic", "hybrid")),
    "rerank": {"anyOf": [FLAG, request(("top_n",), {"top_n": _RESULTS}), {"type": "null"}]},
    "stream": or_null(FLAG),
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
_ACTION = one_of("INTERVENED", "NONE")
_FOUND = answer({"data": list_of(_PASSAGE), "guardrail_action": _ACTION}, optional=("guardrail_action",))
_GENERATED = answer(
    {
        "answer": TEXT,
        "citations": list_of(_CITATION),
        "session_id": TEXT,
        "model": TEXT,
        "served_by": component("ServedBy"),
        "guardrail_action": _ACTION,
    },
    optional=("guardrail_action",),
)

_EVENTS = "start, then text, citation and guardrail, then end; an answer that breaks off ends with error instead"
COMPONENTS: Mapping[str, Any] = {"Filter": _FILTER}
OPERATIONS: Mapping[str, Operation] = {
    "/health": Operation(
        "Whether the API answers", {"application/json": answer({"status": one_of("ok")})}, public=True, calls=False
    ),
    "/openapi.json": Operation("This description", {"application/json": OBJECT}, public=True, calls=False),
    "/v1/retrieve": Operation(
        "Passages of a knowledge base",
        {"application/json": _FOUND},
        _body(SEARCH_FIELDS, MAX_QUERY_CHARACTERS),
        example={"query": "open invoices"},
    ),
    "/v1/retrieve-and-generate": Operation(
        "An answer from a knowledge base, with citations",
        {"application/json": _GENERATED, "text/event-stream": events(OBJECT, _EVENTS)},
        _body(grounded.FIELDS, grounded.MAX_QUESTION_CHARACTERS),
        example={"query": "Which invoices are open?"},
        served_by=True,
    ),
}
