"""file_search in chat completions: the model calls the tool, the API answers the call within the request."""

from __future__ import annotations

from typing import Any

import pytest

from inference_api.knowledge_search import MAX_TURNS_WITH_SEARCHES
from tests.inference_api.conftest import MICRO, Api, converse_response, with_knowledge_base
from tests.inference_api.knowledge_search import (
    ASKED,
    CALL,
    CHAT,
    FOUND,
    SEARCH,
    URI,
    body,
    expect,
    retrieved,
    said,
    tools,
)


def test_the_model_searches_and_its_answer_has_annotations(api: Api) -> None:
    api.base_serves()
    expect(api, ASKED, CALL, reason="tool_use")
    retrieved(api)
    expect(api, [*ASKED, *said(CALL, FOUND)], {"text": "🫖 Every two months 【1】. Or never."})

    status, answer = api.post(CHAT, body(SEARCH))

    message = answer["choices"][0]["message"]
    assert (status, answer["choices"][0]["finish_reason"]) == (200, "stop")
    assert message["content"] == "🫖 Every two months. Or never."
    assert "tool_calls" not in message
    citation = {"url": URI, "title": "descaling.md", "start_index": 0, "end_index": 18}
    assert message["annotations"] == [{"type": "url_citation", "url_citation": citation}]
    assert message["content"][0:18] == "🫖 Every two months"
    assert answer["usage"]["total_tokens"] == 30
    assert len(api.facts.attempts) == 2
    assert api.facts.searches == 1


def test_a_model_that_does_not_search_answers(api: Api) -> None:
    api.base_serves()
    expect(api, ASKED, {"text": "Hello"})

    _, answer = api.post(CHAT, body(SEARCH))

    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "Hello", "refusal": None}
    assert api.facts.searches == 0


def test_filters_and_limits_reach_bedrock(api: Api) -> None:
    api.base_serves()
    api.service = api.service._replace(
        settings=with_knowledge_base(api.settings, rerank_model_arn="arn:aws:bedrock:x::foundation-model/r")
    )
    given = {
        **SEARCH,
        "max_num_results": 3,
        "filters": {"type": "and", "filters": [{"type": "eq", "key": "team", "value": "a"}, GT]},
        "ranking_options": {"ranker": "auto", "score_threshold": 0.5},
    }
    expect(api, ASKED, CALL, reason="tool_use", config=tools("file_search", tool={"name": "file_search"}))
    condition = {"andAll": [{"equals": {"key": "team", "value": "a"}}, {"greaterThan": {"key": "year", "value": 2020}}]}
    model = {"modelConfiguration": {"modelArn": "arn:aws:bedrock:x::foundation-model/r"}}
    rerank = {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": model}
    retrieved(api, count=3, filter=condition, rerankingConfiguration=rerank)
    expect(api, [*ASKED, *said(CALL, FOUND.partition("\n\n[2]")[0])], {"text": "Yes"})

    assert api.post(CHAT, body(given, tool_choice={"type": "file_search"}))[0] == 200


GT = {"type": "gt", "key": "year", "value": 2020}


def test_a_call_without_a_query_is_answered_with_an_error(api: Api) -> None:
    api.base_serves()
    blind = {"toolUse": {"toolUseId": "use-1", "name": "file_search", "input": {}}}
    expect(api, ASKED, blind, reason="tool_use")
    missing = 'query is missing; call the tool with {"query": "..."}'
    expect(api, [*ASKED, *said(blind, missing, status="error")], {"text": "Yes"})

    assert api.post(CHAT, body(SEARCH))[0] == 200


def test_calls_of_the_callers_tools_are_the_answer(api: Api) -> None:
    """Also beside a search, which the model can repeat when it has the caller's result."""
    api.base_serves()
    function = {"type": "function", "function": {"name": "file_search", "parameters": {"type": "object"}}}
    ours = {"toolUse": {"toolUseId": "use-2", "name": "file_search_", "input": {"query": "x"}}}
    expect(api, ASKED, CALL, ours, reason="tool_use", config=tools("file_search", "file_search_", any={}))

    _, answer = api.post(CHAT, body(function, SEARCH, tool_choice="required"))

    choice = answer["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert [call["id"] for call in choice["message"]["tool_calls"]] == ["use-1"]


def test_a_model_that_never_stops_searching_is_an_error(api: Api) -> None:
    api.base_serves()
    for number in range(MAX_TURNS_WITH_SEARCHES + 2):
        api.runtime.add_response("converse", converse_response(CALL, reason="tool_use"))
        if number < MAX_TURNS_WITH_SEARCHES:
            retrieved(api)

    status, answer = api.post(CHAT, body(SEARCH))

    assert (status, answer["error"]["code"]) == (502, "model_error")


def test_an_error_of_the_search_is_the_error_of_the_request(api: Api) -> None:
    api.base_serves()
    expect(api, ASKED, CALL, reason="tool_use")
    api.agent.add_client_error("retrieve", "ThrottlingException")

    assert api.post(CHAT, body(SEARCH))[0] == 429


@pytest.mark.parametrize(
    ("tool", "param", "status"),
    [
        ({"type": "file_search"}, "tools[0].vector_store_ids", 400),
        ({**SEARCH, "vector_store_ids": []}, "tools[0].vector_store_ids", 400),
        ({**SEARCH, "vector_store_ids": ["a", "b", "c"]}, "tools[0].vector_store_ids", 400),
        ({**SEARCH, "vector_store_ids": ["other"]}, "tools[0].vector_store_ids", 404),
        ({**SEARCH, "max_num_results": 51}, "tools[0].max_num_results", 400),
        ({**SEARCH, "file_ids": []}, "tools[0].file_ids", 400),
        ({**SEARCH, "filters": None}, "tools[0].filters.type", 400),
        ({**SEARCH, "filters": {"type": "like"}}, "tools[0].filters.type", 400),
        ({**SEARCH, "filters": {"type": "eq", "key": "", "value": 1}}, "tools[0].filters.key", 400),
        ({**SEARCH, "filters": {"type": "gt", "key": "a", "value": "b"}}, "tools[0].filters.value", 400),
        ({**SEARCH, "filters": {"type": "eq", "key": "a", "value": 1, "x": 1}}, "tools[0].filters.x", 400),
        ({**SEARCH, "filters": {"type": "or", "filters": []}}, "tools[0].filters.filters", 400),
        ({**SEARCH, "filters": {"type": "or", "filters": [3]}}, "tools[0].filters.filters[0].type", 400),
        ({**SEARCH, "ranking_options": {"ranker": "default_2024"}}, "tools[0].ranking_options.ranker", 400),
        ({**SEARCH, "ranking_options": {"score_threshold": 2}}, "tools[0].ranking_options.score_threshold", 400),
        ({**SEARCH, "ranking_options": {"hybrid_search": {}}}, "tools[0].ranking_options.hybrid_search", 400),
    ],
)
def test_what_is_refused(api: Api, tool: dict[str, Any], param: str, status: int) -> None:
    got, answer = api.post(CHAT, body(tool))

    assert (got, answer["error"]["param"]) == (status, param)


def test_one_search_and_only_a_choice_that_exists(api: Api) -> None:
    assert api.post(CHAT, body(SEARCH, SEARCH))[1]["error"]["param"] == "tools[1]"
    assert api.post(CHAT, body(tool_choice={"type": "file_search"}))[1]["error"]["param"] == "tool_choice"


def test_tool_choice_none_does_not_search(api: Api) -> None:
    api.base_serves()
    request = {"modelId": MICRO["model"], "messages": ASKED}
    api.runtime.add_response("converse", converse_response({"text": "Hello"}), request)

    assert api.post(CHAT, body(SEARCH, tool_choice="none"))[0] == 200
