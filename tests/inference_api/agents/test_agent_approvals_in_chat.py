"""Approvals in a chat with an agent: the caller's tool result decides about a call, once."""

from __future__ import annotations

import pytest

from tests.inference_api.agents.chats import ASKED, asked, chat
from tests.inference_api.agents.conftest import AgentApi
from tests.inference_api.agents.harness_events import DONE, TICKET, call_message


def test_approving_in_a_chat(agents: AgentApi) -> None:
    message = asked(agents)
    [call] = message["tool_calls"]
    assert call["function"]["name"] == "create-ticket"
    assert len(call["id"]) <= 64  # longer ones are rewritten (tools.py)
    agents.clients.turns.append(DONE)

    status, answer = chat(agents, ASKED, message, {"role": "tool", "tool_call_id": call["id"], "content": "Approve"})

    assert (status, answer["choices"][0]["message"]["content"]) == (200, "Created.")
    assert [event for _, event, _ in agents.clients.function_calls] == [TICKET[2]]
    sent = agents.clients.harness_calls[1]["messages"]
    assert [next(iter(block)) for one in sent for block in one["content"]] == ["text", "text", "toolUse", "toolResult"]
    assert [one["role"] for one in sent] == ["user", "assistant", "user"]


@pytest.mark.parametrize("word", ["reject", "REJECT: too expensive"])
def test_declining_in_a_chat(agents: AgentApi, word: str) -> None:
    message = asked(agents)
    agents.clients.turns.append(DONE)

    chat(agents, ASKED, message, {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": word})

    assert not agents.clients.function_calls
    result = agents.clients.harness_calls[1]["messages"][-1]["content"][0]["toolResult"]
    assert result["content"][0]["text"].startswith("the user declined")


def test_what_was_approved_before_does_not_run_again(agents: AgentApi) -> None:
    message = asked(agents)
    approved = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "approve"}
    agents.clients.turns.append(DONE)

    chat(agents, ASKED, message, approved, {"role": "assistant", "content": "Created."}, {**ASKED, "content": "Thanks"})

    assert not agents.clients.function_calls
    assert agents.clients.harness_calls[1]["messages"] == [
        {"role": "user", "content": [{"text": "Open a ticket"}]},
        {"role": "assistant", "content": [{"text": "Shall I?"}, {"text": "Created."}]},
        {"role": "user", "content": [{"text": "Thanks"}]},
    ]


@pytest.mark.parametrize("arguments", ['{"title": "All of them"}', "{}"])
def test_a_changed_call_does_not_run(agents: AgentApi, arguments: str) -> None:
    message = asked(agents)
    call = message["tool_calls"][0]
    changed = {**message, "tool_calls": [{**call, "function": {"name": "create-ticket", "arguments": arguments}}]}

    status, answer = chat(agents, ASKED, changed, {"role": "tool", "tool_call_id": call["id"], "content": "approve"})

    assert (status, answer["error"]["code"]) == (400, "unknown_call")
    assert not agents.clients.function_calls


def test_a_call_of_the_invoke_route_is_not_one_of_a_chat(agents: AgentApi) -> None:
    message = asked(agents)
    call = message["tool_calls"][0]
    given = {"id": call["id"], "name": "create-ticket", "arguments": TICKET[2]}

    assert agents.ask(approve=[given], session_id="s")[1]["error"]["code"] == "unknown_call"


def test_the_result_of_a_tool_is_a_decision(agents: AgentApi) -> None:
    message = asked(agents)
    call = message["tool_calls"][0]

    for content in ("approved by the admin", "", '{"ticket": "T-1"}'):
        status, answer = chat(agents, ASKED, message, {"role": "tool", "tool_call_id": call["id"], "content": content})
        assert status == 400
        assert 'must be "approve", "reject"' in answer["error"]["message"]
    status, _ = chat(agents, ASKED, {"role": "tool", "tool_call_id": call["id"], "content": "approve"})
    assert status == 400
    assert not agents.clients.function_calls


def test_two_calls_of_one_turn(agents: AgentApi) -> None:
    agents.clients.turns += [call_message(TICKET, ("tooluse_3", "create-ticket", {"title": "Other"})), DONE]
    _, answer = chat(agents, ASKED)
    message = answer["choices"][0]["message"]
    first, second = message["tool_calls"]
    tool = {"role": "tool"}

    chat(
        agents,
        ASKED,
        message,
        {**tool, "tool_call_id": second["id"], "content": "approve"},
        {**tool, "tool_call_id": first["id"], "content": "reject"},
    )

    assert [event for _, event, _ in agents.clients.function_calls] == [{"title": "Other"}]
