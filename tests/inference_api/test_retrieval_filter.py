"""`filter` of the retrieval endpoints: passed on as Bedrock's, or refused by name; nothing is dropped."""

from __future__ import annotations

import copy
from typing import Any
from unittest.mock import Mock

import pytest

from inference_api.errors import ApiError
from inference_api.grounded_answers import FIELDS as GENERATE_FIELDS
from inference_api.retrieval import SEARCH_FIELDS as RETRIEVE_FIELDS
from inference_api.retrieval_filter import retrieval_filter
from tests.inference_api.conftest import MICRO, Api, with_knowledge_base
from tests.inference_api.test_retrieval import ANSWER, GENERATE

RETRIEVE = "/v1/retrieve"
PATHS = (RETRIEVE, GENERATE)
TENANT = {"equals": {"key": "tenant", "value": "a"}}
FILTERS = [
    TENANT,
    {"notEquals": {"key": "draft", "value": True}},
    *({name: {"key": "year", "value": 2024.5}} for name in ("greaterThan", "greaterThanOrEquals")),
    {"equals": {"key": "large", "value": 10**400}},
    *({name: {"key": "year", "value": 2024}} for name in ("lessThan", "lessThanOrEquals")),
    {"in": {"key": "kind", "value": ["a", 1, False]}},
    {"notIn": {"key": "kind", "value": ["a"]}},
    {"listContains": {"key": "tags", "value": "x"}},
    {"andAll": [TENANT, {"orAll": [TENANT, {"notIn": {"key": "k" * 100, "value": ["b"]}}]}]},
]


def expect(api: Api, path: str, search: dict[str, Any]) -> None:
    configuration = {"vectorSearchConfiguration": search}
    if path == RETRIEVE:
        request = {
            "knowledgeBaseId": "KB12345678",
            "retrievalQuery": {"text": "How often?"},
            "retrievalConfiguration": configuration,
        }
        api.agent.add_response("retrieve", {"retrievalResults": []}, request)
        return
    base = {"knowledgeBaseId": "KB12345678", "modelArn": MICRO["arn"], "retrievalConfiguration": configuration}
    request = {
        "input": {"text": "How often?"},
        "retrieveAndGenerateConfiguration": {"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": base},
    }
    api.agent.add_response("retrieve_and_generate", ANSWER, request)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("condition", FILTERS, ids=lambda condition: next(iter(condition)))
def test_a_filter_reaches_bedrock_unchanged(api: Api, path: str, condition: dict[str, Any]) -> None:
    expect(api, path, {"numberOfResults": 7, "filter": copy.deepcopy(condition)})

    assert api.post(path, {"query": "How often?", "filter": condition, "max_results": 7})[0] == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_filter_alone_reaches_bedrock(api: Api, path: str) -> None:
    expect(api, path, {"filter": TENANT} | ({"numberOfResults": 5} if path == RETRIEVE else {}))

    assert api.post(path, {"query": "How often?", "filter": TENANT})[0] == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("store", "operator"),
    [("OPENSEARCH_SERVERLESS", "startsWith"), ("OPENSEARCH_SERVERLESS", "stringContains"), ("RDS", "stringContains")],
)
def test_a_store_that_has_an_operator_gets_it(api: Api, path: str, store: str, operator: str) -> None:
    api.service = api.service._replace(settings=with_knowledge_base(api.settings, store=store))
    condition = {"andAll": [TENANT, {operator: {"key": "title", "value": "Descal"}}]}
    expect(api, path, {"numberOfResults": 7, "filter": copy.deepcopy(condition)})

    assert api.post(path, {"query": "How often?", "filter": condition, "max_results": 7})[0] == 200


def nested(levels: int) -> dict[str, Any]:
    return {"andAll": [TENANT, nested(levels - 1)]} if levels > 1 else TENANT


def attribute(operator: str, value: Any) -> dict[str, Any]:
    return {operator: {"key": "k", "value": value}}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("condition", "param"),
    [
        (None, "filter"),
        ({}, "filter"),
        ([TENANT], "filter"),
        ("tenant", "filter"),
        (TENANT | {"notEquals": {"key": "a", "value": 1}}, "filter"),
        ({"tenant": "a"}, "filter.tenant"),
        (attribute("startsWith", "a"), "filter.startsWith"),
        (attribute("stringContains", "a"), "filter.stringContains"),
        ({"andAll": [TENANT, attribute("startsWith", "a")]}, "filter.andAll[1].startsWith"),
        ({"andAll": [TENANT]}, "filter.andAll"),
        ({"orAll": TENANT}, "filter.orAll"),
        ({"orAll": [TENANT, None]}, "filter.orAll[1]"),
        ({"equals": "a"}, "filter.equals"),
        ({"equals": {"key": "tenant"}}, "filter.equals"),
        ({"equals": {"key": "tenant", "value": "a", "or": "b"}}, "filter.equals"),
        ({"equals": {"key": "", "value": "a"}}, "filter.equals.key"),
        ({"equals": {"key": "k" * 101, "value": "a"}}, "filter.equals.key"),
        ({"equals": {"key": 5, "value": "a"}}, "filter.equals.key"),
        (attribute("equals", ["a"]), "filter.equals.value"),
        (attribute("equals", None), "filter.equals.value"),
        (attribute("lessThan", "a"), "filter.lessThan.value"),
        (attribute("greaterThan", True), "filter.greaterThan.value"),
        (attribute("in", "a"), "filter.in.value"),
        (attribute("in", []), "filter.in.value"),
        (attribute("notIn", [["a"]]), "filter.notIn.value"),
        (attribute("in", ["a"] * 1001), "filter.in.value"),
        (attribute("listContains", 5), "filter.listContains.value"),
        (nested(11), "filter"),
    ],
)
def test_a_filter_that_cannot_be_applied_is_refused_by_name(api: Api, path: str, condition: Any, param: str) -> None:
    status, answer = api.post(path, {"query": "How often?", "filter": condition})

    assert (status, answer["error"]["param"]) == (400, param)


def test_the_deepest_filter_passes(api: Api) -> None:
    expect(api, RETRIEVE, {"numberOfResults": 5, "filter": nested(10)})

    assert api.post(RETRIEVE, {"query": "How often?", "filter": nested(10)})[0] == 200


@pytest.mark.parametrize(("path", "known"), [(RETRIEVE, RETRIEVE_FIELDS), (GENERATE, GENERATE_FIELDS)])
@pytest.mark.parametrize("name", ["filters", "Filter", "maxResults", "retrievalConfiguration", "x", ""])
def test_an_unknown_field_is_refused_by_name(api: Api, path: str, known: tuple[str, ...], name: str) -> None:
    status, answer = api.post(path, {"query": "How often?", name: None})

    assert (status, answer["error"]["param"], answer["error"]["code"]) == (400, name, "unknown_field")
    assert all(field in answer["error"]["message"] for field in known)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            attribute("startsWith", "a"),
            "filter.startsWith: the store of this knowledge base (S3_VECTORS) has no startsWith; use one of equals, ",
        ),
        (attribute("greaterThan", "2026"), 'filter.greaterThan.value must be a number, got "2026"'),
        ({"equals": {"key": 5, "value": 1}}, "filter.equals.key must be a string of 1 to 100 characters, got 5"),
        ({"equals": "a"}, 'the fields "key" and "value" only, got "a"'),
    ],
)
def test_a_refusal_says_what_is_given_and_what_is_allowed(api: Api, condition: dict[str, Any], said: str) -> None:
    status, answer = api.post(RETRIEVE, {"query": "How often?", "filter": condition})

    assert (status, said in answer["error"]["message"]) == (400, True)


def test_a_value_too_deep_to_be_shown_is_refused_by_its_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """What JSON's reader still reads, its writer may not write: it begins further down the stack."""
    monkeypatch.setattr("kit_contract.retrieval_filter.json.dumps", Mock(side_effect=RecursionError))

    with pytest.raises(ApiError) as refused:
        retrieval_filter({"filter": {"equals": {"key": "a", "value": [[]]}}}, "")
    assert (refused.value.status, refused.value.message.partition(", got ")[2]) == (400, "list")
