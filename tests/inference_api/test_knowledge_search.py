"""file_search in chat completions: the model calls the tool, the API answers the call within the request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api.aws.client import Event
from inference_api.knowledge_search import MAX_TURNS_WITH_SEARCHES
from tests.inference_api.conftest import MICRO, Api, converse_events, converse_response, with_knowledge_base

CHAT = "/v1/chat/completions"
URI = "s3://documents/descaling.md"
SEARCH = {"type": "file_search", "vector_store_ids": ["documents"]}
CALL = {"toolUse": {"toolUseId": "use-1", "name": "file_search", "input": {"query": "descaling"}}}
ASKED = [{"role": "user", "content": [{"text": "How often?"}]}]
FOUND = (
    "After each statement that you take from a passage, write the number of the passage like this: 【1】.\n\n"
    f"[1] {URI}\nEvery two months.\n\n[2] \nVinegar."
)


def body(*tools: Any, **more: Any) -> dict[str, Any]:
    return {"model": "support-bot", "messages": [{"role": "user", "content": "How often?"}], "tools": [*tools], **more}


def retrieved(api: Api, query: str = "descaling", count: int = 5, **search: Any) -> None:
    location = {"type": "S3", "s3Location": {"uri": URI}}
    results = [
        {"content": {"text": "Every two months."}, "score": 0.9, "location": location},
        {"content": {"text": "Vinegar."}, "score": 0.2},
    ]
    request = {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": query},
        "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": count, **search}},
    }
    api.agent.add_response("retrieve", {"retrievalResults": results}, request)


def said(use: dict[str, Any], text: str, **more: Any) -> list[dict[str, Any]]:
    """The model's turn and the answer of the API to its call."""
    result = {"toolResult": {"toolUseId": use["toolUse"]["toolUseId"], "content": [{"text": text}], **more}}
    return [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]


def tools(*names: str, **choice: Any) -> Any:
    """What Converse gets as toolConfig."""

    class Tools:
        def __eq__(self, other: object) -> bool:
            assert isinstance(other, dict)
            got = [tool["toolSpec"]["name"] for tool in other["tools"]]
            return (got, other.get("toolChoice")) == ([*names], choice or None)

        __hash__ = None  # type: ignore[assignment]

        def __repr__(self) -> str:
            return f"tools {names} {choice}"

    return Tools()


def expect(api: Api, messages: Any, *blocks: Any, reason: str = "end_turn", config: Any = None) -> None:
    request = {"modelId": MICRO["model"], "messages": messages, "toolConfig": config or tools("file_search")}
    api.runtime.add_response("converse", converse_response(*blocks, reason=reason), request)


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


def streamed(api: Api, *turns: list[Event], **more: Any) -> list[Any]:
    api.base_serves()
    api.clients.streams = [*turns]
    status, _, content = api.raw("POST", CHAT, json.dumps(body(SEARCH, stream=True, **more)).encode())
    assert status == 200
    return [line.removeprefix("data: ") for line in content.decode().split("\n\n") if line.startswith("data: ")]


def test_a_stream_has_the_text_of_all_turns_and_annotations(api: Api) -> None:
    retrieved(api)
    first = converse_events({"text": "I look it up."}, CALL, reason="tool_use")
    second = converse_events({"text": "🫖 Every two months【1】."})

    lines = streamed(api, first, second, stream_options={"include_usage": True})

    assert lines[-1] == "[DONE]"
    *parts, usage = [json.loads(line) for line in lines[:-1]]
    deltas = [part["choices"][0]["delta"] for part in parts]
    text = "".join(delta.get("content", "") for delta in deltas)
    assert text == "I look it up.\n\n🫖 Every two months."
    annotations = [each["url_citation"] for delta in deltas for each in delta.get("annotations", [])]
    assert [text[each["start_index"] : each["end_index"]] for each in annotations] == ["🫖 Every two months"]
    assert [part["choices"][0]["finish_reason"] for part in parts if part["choices"][0]["finish_reason"]] == ["stop"]
    assert not any("tool_calls" in delta for delta in deltas)
    assert (usage["usage"]["total_tokens"], api.facts.usage["totalTokens"] if api.facts.usage else 0) == (30, 30)


def test_the_reasoning_before_a_search_goes_back_with_its_signature(api: Api) -> None:
    """Claude refuses a conversation without it."""
    retrieved(api)
    reasoning = [{"text": "Let me "}, {"text": "see."}, {"signature": "signed"}]
    thought = [
        Event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": part}}) for part in reasoning
    ]
    turn = converse_events(CALL, reason="tool_use")
    moved = [
        Event(e.name, {**e.value, "contentBlockIndex": 1} if "contentBlockIndex" in e.value else e.value) for e in turn
    ]
    sent: list[Any] = []
    stream = api.clients.converse_stream

    def recording(model_id: str, request: Any, *, read_seconds: float) -> Any:
        sent.append(request)
        return stream(model_id, request, read_seconds=read_seconds)

    api.clients.converse_stream = recording  # type: ignore[method-assign]
    lines = streamed(api, [moved[0], *thought, *moved[1:]], converse_events({"text": "Often"}))

    text = {"text": "Let me see.", "signature": "signed"}
    assert sent[1]["messages"][1]["content"] == [{"reasoningContent": {"reasoningText": text}}, CALL]
    assert lines[-1] == "[DONE]"


@pytest.mark.parametrize(
    "broken",
    [
        converse_events({"text": "Every two"})[:-2],
        [Event("messageStart", {"role": "assistant"}), Event("contentBlockDelta", {"nonsense": 1})],
    ],
    ids=["cut", "unexpected"],
)
def test_a_stream_that_breaks_off_after_a_search_says_so(api: Api, broken: list[Event]) -> None:
    retrieved(api)

    lines = streamed(api, converse_events(CALL, reason="tool_use"), broken)

    assert "error" in json.loads(lines[-1])
    assert api.facts.error is not None


def test_a_search_that_fails_in_a_stream_is_an_error_event(api: Api) -> None:
    api.agent.add_client_error("retrieve", "ThrottlingException")

    lines = streamed(api, converse_events(CALL, reason="tool_use"))

    assert json.loads(lines[-1])["error"]["code"] == "rate_limit_exceeded"
    assert api.facts.error == "ThrottlingException"


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
