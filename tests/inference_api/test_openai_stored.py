"""What reads, changes or deletes a stored answer is told that nothing is stored, whatever the method."""

from __future__ import annotations

import json

import pytest

from tests.inference_api.conftest import Api

RESPONSE, COMPLETION = "/v1/responses/resp_1", "/v1/chat/completions/chatcmpl-1"
PATHS = {
    RESPONSE: "/v1/responses/{response}",
    f"{RESPONSE}/cancel": "/v1/responses/{response}/cancel",
    f"{RESPONSE}/input_items": "/v1/responses/{response}/input_items",
    f"{RESPONSE}/input_items/item_1": "/v1/responses/{response}",
    COMPLETION: "/v1/chat/completions/{completion}",
    f"{COMPLETION}/messages": "/v1/chat/completions/{completion}/messages",
}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_stored(api: Api, method: str, path: str) -> None:
    status, _, content = api.raw(method, path, b"{}")

    error = json.loads(content)["error"]
    code = "response_not_found" if path.startswith(RESPONSE) else "completion_not_found"
    assert (status, error["code"], error["type"]) == (404, code, "invalid_request_error")
    assert "this API keeps none" in error["message"]
    assert "_1" not in error["message"]
    assert api.facts.route == PATHS[path]


@pytest.mark.parametrize("name", ["input_tokens", "compact"])
def test_an_operation_below_responses_is_not_taken_for_the_id_of_one(api: Api, name: str) -> None:
    status, _, content = api.raw("POST", f"/v1/responses/{name}", b"{}")

    error = json.loads(content)["error"]
    assert (status, error["code"]) == (404, "not_found")
    assert "/v1/messages/count_tokens" in error["message"]
