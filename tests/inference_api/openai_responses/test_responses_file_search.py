"""file_search in the Responses API: searches are items of the output, and what the model cites is annotated."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from inference_api.aws.client import Event
from tests.inference_api import test_openai_client
from tests.inference_api.conftest import MICRO, Api, converse_events, converse_response
from tests.inference_api.knowledge_search import ASKED, CALL, FOUND, SEARCH, URI, expect, retrieved, said, tools
from tests.inference_api.openai_responses.bodies import PATH, TOOL, USE, body
from tests.inference_api.openai_responses.test_responses_stream import kinds, streamed

client = test_openai_client.client
SPOKEN = {"text": "🫖 I look it up."}
TEXT = {"text": "🫖 Every two months 【1】. Or never."}
AGAIN = {"toolUse": {**CALL["toolUse"], "toolUseId": "use-2", "input": {"query": "vinegar"}}}
BLIND = {"toolUse": {**CALL["toolUse"], "input": {}}}
RESULTS: dict[str, Any] = {"include": ["file_search_call.results"]}
FILE_SEARCH = ["in_progress", "searching", "completed"]
SEARCHED = ["output_item.added", *(f"file_search_call.{part}" for part in FILE_SEARCH), "output_item.done"]
# Each case: the blocks of the model's turns. All but the last one end in calls of file_search.
TURNS: dict[str, list[list[dict[str, Any]]]] = {
    "one": [[CALL], [TEXT]],
    "with texts": [[SPOKEN, CALL], [TEXT, {"text": "More【2】."}]],
    "at once": [[SPOKEN, CALL, AGAIN], [TEXT]],
    "without a query": [[SPOKEN, BLIND], [TEXT]],
    "one after the other": [[CALL], [{"text": "Hm【2】."}, AGAIN], [TEXT]],
    "mark without a text": [[SPOKEN, CALL], [{"text": "【1】"}, USE]],
    "mark before the text": [[SPOKEN, CALL], [{"text": "【1】 Every two months【2】."}]],
    "and a call of the caller's tool": [[CALL], [TEXT, USE]],
    "nothing after it": [[CALL], []],
}


def find(api: Api, turns: list[list[dict[str, Any]]]) -> None:
    for block in (block for turn in turns for block in turn if "toolUse" in block):
        if query := block["toolUse"]["input"].get("query"):
            retrieved(api, query)


def events(turns: list[list[dict[str, Any]]], end: str) -> list[list[Event]]:
    return [converse_events(*turn, reason="tool_use") for turn in turns[:-1]] + [
        converse_events(*turns[-1], reason=end)
    ]


def answer(api: Api, turns: list[list[dict[str, Any]]], end: str = "end_turn", **change: Any) -> dict[str, Any]:
    find(api, turns)
    for turn in turns[:-1]:
        api.runtime.add_response("converse", converse_response(*turn, reason="tool_use"))
    api.runtime.add_response("converse", converse_response(*turns[-1], reason=end))
    status, response = api.post(PATH, body(tools=[SEARCH, TOOL], **change))
    assert status == 200
    return response


def test_a_search_is_an_item_and_a_citation_an_annotation_of_its_message(api: Api) -> None:
    api.base_serves()

    response = answer(api, [[SPOKEN, CALL], [TEXT]], **RESULTS)

    before, search, message = response["output"]
    assert before["content"][0]["text"] == "🫖 I look it up."
    assert before["content"][0]["annotations"] == []
    results = search.pop("results")
    assert search == {
        "id": "fs_0001_1",
        "type": "file_search_call",
        "status": "completed",
        "queries": ["descaling"],
    }
    assert results == [
        {"file_id": URI, "filename": "descaling.md", "score": 0.9, "text": "Every two months.", "attributes": {}},
        {"file_id": None, "filename": "", "score": 0.2, "text": "Vinegar.", "attributes": {}},
    ]
    text, [annotation] = message["content"][0]["text"], message["content"][0]["annotations"]
    assert text == "\n\n🫖 Every two months. Or never."
    assert text[annotation.pop("start_index") : annotation.pop("end_index")] == "🫖 Every two months"
    assert annotation == {"type": "url_citation", "url": URI, "title": "descaling.md"}
    assert response["tools"][0] == {**SEARCH, "max_num_results": 5}
    assert response["usage"]["total_tokens"] == 30


@pytest.mark.parametrize("turns", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("change", [{}, RESULTS])
@pytest.mark.parametrize("end", ["end_turn", "max_tokens"])
def test_the_end_of_a_stream_is_the_response_of_a_request_without_one(
    api: Api, turns: list[list[dict[str, Any]]], change: dict[str, Any], end: str
) -> None:
    find(api, turns)
    api.clients.streams += events(turns, end)[:-1]
    parts = streamed(api, events(turns, end)[-1], tools=[SEARCH, TOOL], **change)

    last = parts[-1]["response"]
    assert last == answer(api, turns, end, **change)
    searches = [item for item in last["output"] if item["type"] == "file_search_call"]
    assert all((search["results"] is None) == (change == {}) for search in searches)
    done = [part["item"] for part in parts if part["type"] == "response.output_item.done"]
    assert done == last["output"]
    added = [part for part in parts if part["type"] == "response.output_text.annotation.added"]
    found = [item["content"][0]["annotations"] for item in last["output"] if item["type"] == "message"]
    assert [part["annotation"] for part in added] == [one for annotations in found for one in annotations]
    assert [part["annotation_index"] for part in added] == [
        index for annotations in found for index in range(len(annotations))
    ]
    for item in (item for item in last["output"] if item["type"] == "message"):
        text = item["content"][0]["text"]
        for one in item["content"][0]["annotations"]:
            assert 0 <= one["start_index"] <= one["end_index"] <= len(text)


def test_the_events_of_a_search(api: Api) -> None:
    retrieved(api)
    api.clients.streams.append(converse_events(CALL, reason="tool_use"))

    parts = streamed(api, converse_events({"text": "Often【1】"}), tools=[SEARCH])

    message = ["output_item.added", "content_part.added", *["output_text.delta"] * 2, "output_text.annotation.added"]
    ended = ["output_text.done", "content_part.done", "output_item.done"]
    assert kinds(parts) == ["created", "in_progress", *SEARCHED, *message, *ended, "completed"]
    assert (parts[2]["item"]["status"], parts[2]["item"]["queries"]) == ("in_progress", ["descaling"])
    assert {part["item_id"] for part in parts[3:6]} == {"fs_0001_0"}


def test_the_caller_learns_of_a_search_before_it_is_made(api: Api) -> None:
    """It fails here: the item stays without an end, as one that was begun."""
    api.agent.add_client_error("retrieve", "ThrottlingException")

    parts = streamed(api, converse_events(CALL, reason="tool_use"), tools=[SEARCH])

    assert kinds(parts) == ["created", "in_progress", *SEARCHED[:3], "failed", "error"]
    [item] = parts[-2]["response"]["output"]
    assert (item["status"], item["results"]) == ("incomplete", None)
    assert parts[-1]["error"]["code"] == "rate_limit_exceeded"
    assert api.facts.error == "ThrottlingException"


def test_attributes_have_no_lists(api: Api) -> None:
    """OpenAI's are texts, numbers and booleans."""
    metadata = {"team": ["a", "b"], "year": 2026, "final": True}
    api.base_serves()
    api.runtime.add_response("converse", converse_response(CALL, reason="tool_use"))
    found = {"content": {"text": "Vinegar."}, "metadata": metadata}
    api.agent.add_response("retrieve", {"retrievalResults": [found]})

    response = answer(api, [[TEXT]], **RESULTS)

    assert response["output"][0]["results"][0]["attributes"] == {**metadata, "team": "a, b"}


@pytest.mark.parametrize("choice", ["required", {"type": "file_search"}])
def test_a_search_can_be_demanded(api: Api, choice: Any) -> None:
    api.base_serves()
    expect(api, ASKED, CALL, reason="tool_use", config=tools("file_search", tool={"name": "file_search"}))
    retrieved(api)
    expect(api, [*ASKED, *said(CALL, FOUND)], {"text": "Yes"})

    _, response = api.post(PATH, body(input="How often?", tools=[SEARCH], tool_choice=choice))

    assert [item["type"] for item in response["output"]] == ["file_search_call", "message"]
    assert response["tool_choice"] == choice


def test_required_means_any_of_the_tools(api: Api) -> None:
    api.base_serves()
    expect(api, ASKED, USE, reason="tool_use", config=tools("weather", "file_search", any={}))

    _, response = api.post(PATH, body(input="How often?", tools=[SEARCH, TOOL], tool_choice="required"))

    assert [item["type"] for item in response["output"]] == ["function_call"]


def test_tool_choice_none_does_not_search(api: Api) -> None:
    api.base_serves()
    request = {"modelId": MICRO["model"], "messages": ASKED}
    api.runtime.add_response("converse", converse_response({"text": "Hello"}), request)

    assert api.post(PATH, body(input="How often?", tools=[SEARCH], tool_choice="none"))[0] == 200


def test_no_more_searches_than_max_tool_calls(api: Api) -> None:
    api.base_serves()
    expect(api, ASKED, CALL, AGAIN, reason="tool_use")
    retrieved(api)
    enough = "No more searches are possible; answer with the passages that you have."
    [asked, told], [other, no] = said(CALL, FOUND), said(AGAIN, enough)
    both = [{**asked, "content": [CALL, AGAIN]}, {**told, "content": [*told["content"], *no["content"]]}]
    expect(api, [*ASKED, *both], {"text": "Yes"})

    _, response = api.post(PATH, body(input="How often?", tools=[SEARCH], max_tool_calls=1))

    assert [item["type"] for item in response["output"]] == ["file_search_call", "message"]
    assert other["role"] == asked["role"]


def test_an_unknown_knowledge_base_is_named(api: Api) -> None:
    status, response = api.post(PATH, body(tools=[{**SEARCH, "vector_store_ids": ["other"]}]))

    assert (status, response["error"]["param"]) == (404, "tools[0].vector_store_ids")


@pytest.mark.parametrize("streams", [False, True])
def test_the_client_sends_the_output_back(api: Api, client: openai.OpenAI, streams: bool) -> None:
    """The model gets the texts: what was found is in them."""
    api.base_serves()
    retrieved(api)
    turns: list[list[dict[str, Any]]] = [[SPOKEN, CALL], [TEXT]]
    question: Any = {"role": "user", "content": "How often?"}
    asked: Any = {
        "model": "support-bot",
        "input": [question],
        "tools": [{"type": "file_search", "vector_store_ids": ["documents"]}],
        "include": ["file_search_call.results"],
    }
    if streams:
        api.clients.streams += events(turns, "end_turn")
        with client.responses.stream(**asked) as stream:
            seen = [event.type for event in stream]
            first: Any = stream.get_final_response()
        assert "response.file_search_call.searching" in seen
        assert "response.output_text.annotation.added" in seen
    else:
        api.runtime.add_response("converse", converse_response(*turns[0], reason="tool_use"))
        api.runtime.add_response("converse", converse_response(*turns[1]))
        first = client.responses.create(**asked)
    _, search, message = first.output
    assert first.output_text == "🫖 I look it up.\n\n🫖 Every two months. Or never."
    assert (search.queries, search.results[0].filename, search.results[0].text) == (
        ["descaling"],
        "descaling.md",
        "Every two months.",
    )
    part = message.content[0]
    citation = part.annotations[0]
    assert (citation.type, part.text[citation.start_index : citation.end_index]) == (
        "url_citation",
        "🫖 Every two months",
    )
    texts = [SPOKEN, {"text": "\n\n🫖 Every two months. Or never."}]
    back = [*ASKED, {"role": "assistant", "content": texts}, *ASKED]
    expect(api, back, {"text": "Yes."})

    assert client.responses.create(**{**asked, "input": [question, *first.output, question]}).output_text == "Yes."
