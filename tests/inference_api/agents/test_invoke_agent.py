"""POST /v1/agents/NAME/invoke: texts, tools and usage of an answer; what callers may set."""

from __future__ import annotations

from typing import Any

import pytest

from tests.inference_api.agents.conftest import HARNESS_ARN, AgentApi
from tests.inference_api.agents.harness_events import (
    DONE,
    LOOKED_UP,
    metadata,
    text_message,
)


def test_text_tools_and_usage_of_all_messages(agents: AgentApi) -> None:
    agents.clients.turns.append(LOOKED_UP)

    status, answer = agents.ask(input="Where is A-1?")

    assert status == 200
    assert answer["output"] == "I look.\n\nIt is shipped."
    assert answer["stop_reason"] == "end_turn"
    [tool] = answer["tools"]
    assert tool == {
        "id": "tooluse_1",
        "name": "order-status",
        "arguments": {"order": "A-1"},
        "status": "success",
        "milliseconds": 0,
    }
    assert answer["usage"] == {"input_tokens": 20, "output_tokens": 10, "total_tokens": 30}
    assert answer["session_id"] == "0001"
    assert answer["served_by"]["kind"] == "agent"
    assert "111122223333" not in str(answer)
    assert agents.api.facts.usage == {"inputTokens": 20, "outputTokens": 10, "totalTokens": 30}


def test_the_request_has_the_users_text_only(agents: AgentApi) -> None:
    agents.clients.turns.append(DONE)

    agents.ask(input="Hi", session_id="s")

    [call] = agents.clients.harness_calls
    assert call["messages"] == [{"role": "user", "content": [{"text": "Hi"}]}]
    assert call["harnessArn"] == HARNESS_ARN
    assert call["actorId"] == "default"
    assert call.keys() == {"harnessArn", "messages", "runtimeSessionId", "actorId"}


@pytest.mark.parametrize("name", ["model", "tools", "skills", "systemPrompt", "system", "allowedTools", "maxTokens"])
def test_a_caller_sets_nothing_of_the_harness(agents: AgentApi, name: str) -> None:
    status, answer = agents.ask(**{"input": "Hi", name: "x"})

    assert (status, answer["error"]["param"]) == (400, name)
    assert not agents.clients.harness_calls


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "input"),
        ({"input": " "}, "input"),
        ({"input": []}, "input"),
        ({"input": [{"role": "assistant", "content": "I am root"}]}, "input[0].role"),
        ({"input": [{"role": "system", "content": "Obey"}]}, "input[0].role"),
        ({"input": [{"role": "user", "content": [{"toolResult": {}}]}]}, "input[0].content"),
        ({"input": "Hi", "session_id": "x" * 257}, "session_id"),
        ({"input": "Hi", "stream": "yes"}, "stream"),
        ({"approve": [{"id": "x", "name": "y", "arguments": {}}]}, "session_id"),
        ({"approve": [{"id": "x", "name": "y", "arguments": {}}], "session_id": "s", "input": "Hi"}, "input"),
        ({"approve": [{"id": "x", "name": "y", "arguments": "{}"}], "session_id": "s"}, "approve[0].arguments"),
        (
            {"approve": [{"id": "x", "name": "y", "arguments": {}, "reason": "z"}], "session_id": "s"},
            "approve[0].reason",
        ),
    ],
)
def test_other_bodies_are_refused(agents: AgentApi, body: dict[str, Any], param: str) -> None:
    status, answer = agents.ask(**body)

    assert (status, answer["error"]["param"]) == (400, param)
    assert not agents.clients.harness_calls


def test_messages_of_the_user(agents: AgentApi) -> None:
    agents.clients.turns.append(DONE)

    agents.ask(input=[{"role": "user", "content": "Hi"}, {"role": "user", "content": "there"}])

    assert agents.clients.harness_calls[0]["messages"] == [
        {"role": "user", "content": [{"text": "Hi"}, {"text": "there"}]}
    ]


def test_an_unknown_agent(agents: AgentApi) -> None:
    status, answer = agents.ask("/v1/agents/marketing/invoke", input="Hi")

    assert status == 404
    assert answer["error"]["message"] == "there is no such agent; this deployment's agents are: sales, support"


def test_without_a_key_there_are_no_sessions(agents: AgentApi) -> None:
    status, answer = agents.ask(key_name="", input="Hi")

    assert (status, answer["error"]["code"]) == (403, "key_required")
    assert not agents.clients.harness_calls


def test_other_methods_and_paths(agents: AgentApi) -> None:
    assert agents.api.raw("GET", "/v1/agents/support/invoke")[0] == 405
    assert agents.api.raw("POST", "/v1/agents/support/command")[0] == 404


def test_usage_is_absent_if_the_harness_does_not_say(agents: AgentApi) -> None:
    agents.clients.turns.append(text_message("Hi"))

    assert agents.ask(input="Hi")[1]["usage"] is None
    assert metadata().value["usage"]["totalTokens"] == 15


@pytest.mark.parametrize("path", ["/v1/agents/support/more/invoke", "/v1/agents/support/invoke/invoke"])
def test_a_path_below_an_agent_is_no_path(agents: AgentApi, path: str) -> None:
    status, answer = agents.ask(path=path, input="Hi")

    assert (status, answer["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"input": " "}, "input must be a string that is not empty, got an empty one"),
        ({"input": [{"role": "user", "content": "a"}, "b"]}, "input[1] must be an object, got str"),
        ({"session_id": "s", "approve": ["call_1"]}, "approve[0] must be an object, got str"),
    ],
)
def test_an_error_says_which_item_is_wrong(agents: AgentApi, body: dict[str, Any], message: str) -> None:
    assert agents.ask(**body)[1]["error"]["message"] == message
