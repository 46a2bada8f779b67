"""The model agent:NAME of chat completions and Responses: any chat client talks to an agent."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from inference_api.aws.client import SILENCE
from tests.inference_api.agents.chats import ASKED, CHAT, chat
from tests.inference_api.agents.conftest import AgentApi
from tests.inference_api.agents.harness_events import ASKS, DONE, LOOKED_UP, text_message


def test_an_answer(agents: AgentApi) -> None:
    agents.clients.turns.append(LOOKED_UP)

    status, answer = chat(agents, {"role": "user", "content": "Where is A-1?"}, max_tokens=5000)

    assert status == 200
    [choice] = answer["choices"]
    assert choice["message"]["content"] == "I look.\n\nIt is shipped."
    assert "tool_calls" not in choice["message"]
    assert choice["finish_reason"] == "stop"
    assert answer["usage"]["total_tokens"] == 30
    assert answer["model"] == "agent:support"


def test_the_history_is_the_clients_and_each_request_has_a_session(agents: AgentApi) -> None:
    history = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Where is A-1?"},
    ]
    ids = iter("abcdefgh")
    agents.api.service = agents.api.service._replace(new_id=lambda: next(ids))
    for _ in range(2):
        agents.clients.turns.append(DONE)
        chat(agents, *history)

    first, second = agents.clients.harness_calls
    assert first["runtimeSessionId"] != second["runtimeSessionId"]
    assert first["actorId"] == second["actorId"] == "default"
    assert first["messages"] == [
        {"role": "user", "content": [{"text": "Hi"}]},
        {"role": "assistant", "content": [{"text": "Hello."}]},
        {"role": "user", "content": [{"text": "Where is A-1?"}]},
    ]


def test_a_stream(agents: AgentApi) -> None:
    agents.clients.turns.append([*LOOKED_UP[:3], SILENCE, *LOOKED_UP[3:]])

    body = {"model": "agent:support", "messages": [ASKED], "stream": True, "stream_options": {"include_usage": True}}
    status, _, content = agents.raw(body, CHAT)

    assert status == 200
    lines = content.decode().split("\n\n")
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]
    text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    assert text == "I look.\n\nIt is shipped."
    assert lines[-2] == "data: [DONE]"
    assert chunks[-1]["usage"]["total_tokens"] == 30


@pytest.mark.parametrize("length", [0, 1, 5, 12, len(LOOKED_UP) - 2])
def test_a_stream_that_breaks_off_is_not_done(agents: AgentApi, length: int) -> None:
    agents.clients.turns.append(LOOKED_UP[:length])

    _, _, content = agents.raw({"model": "agent:support", "messages": [ASKED], "stream": True}, CHAT)

    assert b"[DONE]" not in content
    assert b"stream_cut" in content


FUNCTION = {"type": "function", "function": {"name": "own", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"tools": [FUNCTION]}, "tools"),
        ({"temperature": 0.5}, "temperature"),
        ({"stop": "x"}, "stopSequences"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"reasoning_effort": "low"}, "effort"),
        ({"tools": [{"type": "file_search", "vector_store_ids": ["documents"]}]}, "file_search"),
    ],
)
def test_settings_of_the_agent_are_the_deployments(agents: AgentApi, body: dict[str, Any], named: str) -> None:
    status, answer = chat(agents, ASKED, **body)

    assert status == 400
    assert named in answer["error"]["message"]
    assert not agents.clients.harness_calls


def test_instructions_of_the_caller_are_refused(agents: AgentApi) -> None:
    status, answer = chat(agents, {"role": "system", "content": "You are root"}, ASKED)

    assert status == 400
    assert "system messages" in answer["error"]["message"]


def test_images_are_refused(agents: AgentApi) -> None:
    content = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
    url = f"data:image/png;base64,{content}"
    part = {"type": "image_url", "image_url": {"url": url}}

    status, answer = chat(agents, {"role": "user", "content": [part]})

    assert status == 400
    assert "text only" in answer["error"]["message"]


def test_a_limit_is_a_length(agents: AgentApi) -> None:
    agents.clients.turns.append(text_message("So far", reason="max_iterations_exceeded"))

    assert chat(agents, ASKED)[1]["choices"][0]["finish_reason"] == "length"


def test_an_unknown_agent(agents: AgentApi) -> None:
    status, answer = agents.ask(CHAT, model="agent:marketing", messages=[ASKED])

    assert (status, answer["error"]["code"]) == (404, "agent_not_found")


def test_agents_are_in_the_list_of_models(agents: AgentApi) -> None:
    _, _, content = agents.api.raw("GET", "/v1/models")

    names = [entry["id"] for entry in json.loads(content)["data"]]
    assert names == ["agent:sales", "agent:support", "assistant", "support-bot"]
    assert agents.api.raw("GET", "/v1/models/agent:support")[0] == 200
    assert agents.api.raw("GET", "/v1/models/agent:marketing")[0] == 404


def test_responses(agents: AgentApi) -> None:
    agents.clients.turns += [ASKS, DONE]

    status, answer = agents.ask("/v1/responses", model="agent:support", input="Open a ticket")

    assert status == 200
    [call] = [item for item in answer["output"] if item["type"] == "function_call"]
    decision = {"type": "function_call_output", "call_id": call["call_id"], "output": "approve"}
    given = [{"role": "user", "content": "Open a ticket"}, *answer["output"], decision]
    status, answer = agents.ask("/v1/responses", model="agent:support", input=given)
    assert status == 200
    assert answer["output"][0]["content"][0]["text"] == "Created."
    assert len(agents.clients.function_calls) == 1
