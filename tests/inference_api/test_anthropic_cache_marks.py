"""Cache marks of requests to /v1/messages: cache points where the model takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.inference_api.anthropic_requests import (
    MARKED,
    MISTRAL,
    NOVA,
    POINT,
    SONNET,
    post,
    record,
    sent,
    serve,
)
from tests.inference_api.conftest import Api, converse_response


def points(request: Mapping[str, Any]) -> list[str]:
    places = {"system": request["system"], "tools": request["toolConfig"]["tools"]}
    places |= {f"{index}": message["content"] for index, message in enumerate(request["messages"])}
    return [name for name, blocks in places.items() if POINT in blocks]


@pytest.mark.parametrize(
    ("model", "expected"),
    [(SONNET, ["system", "tools", "1", "2"]), (NOVA, ["system", "1", "2"]), (MISTRAL, [])],
)
def test_cache_marks_are_cache_points_where_the_model_takes_them(api: Api, model: str, expected: list[str]) -> None:
    assert points(sent(api, model=model, **MARKED)) == expected


def test_cache_marks_stand_beside_the_tool_that_answers(api: Api) -> None:
    wanted = {"type": "json_schema", "schema": {"type": "object"}}

    tools = sent(api, model=SONNET, output_format=wanted, **MARKED)["toolConfig"]["tools"]

    assert [next(iter(tool)) for tool in tools] == ["toolSpec", "cachePoint", "toolSpec"]


def test_a_cache_mark_for_the_whole_request(api: Api) -> None:
    mark = {"type": "ephemeral", "ttl": "1h"}

    content = sent(api, model=SONNET, cache_control=mark)["messages"][0]["content"]

    assert content == [{"text": "Hello"}, {"cachePoint": {"type": "default", "ttl": "1h"}}]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("AccessDeniedException", "You invoked an unsupported model or your request did not allow prompt caching"),
        ("ValidationException", "#/messages/2/content/0: extraneous key [cachePoint] is not permitted"),
    ],
)
def test_a_model_that_refuses_cache_points_answers_without_them(api: Api, code: str, says: str) -> None:
    calls: list[dict[str, Any]] = []
    serve(api, NOVA)
    record(api, calls)
    api.runtime.add_client_error("converse", code, says)
    api.runtime.add_response("converse", converse_response({"text": "ok"}))

    status, _ = post(api, **MARKED)

    assert (status, [points(call) for call in calls]) == (200, [["system", "1", "2"], []])
