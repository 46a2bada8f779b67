"""Tools that a person approves: shown, approved or declined, never another call than the one that was shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api.agents.approvals import VALID_SECONDS
from inference_api.aws.client import Reply
from inference_api.aws.errors import AwsError
from kit_contract.agents import APPROVED_CALL_CONTEXT, TOOL_NAME_CONTEXT
from tests.inference_api.agents.conftest import FUNCTION_ARN, AgentApi
from tests.inference_api.agents.harness_events import ASKS, DONE, LOOKED_UP, ORDER, TICKET, call_message


def shown(agents: AgentApi, **body: Any) -> dict[str, Any]:
    agents.clients.turns.append(ASKS)
    status, answer = agents.ask(**{"input": "Open a ticket", "session_id": "s"} | body)
    assert (status, answer["stop_reason"]) == (200, "requires_approval")
    [call] = answer["requires_approval"]
    found: dict[str, Any] = call
    return found


def test_a_call_is_shown_and_nothing_runs(agents: AgentApi) -> None:
    call = shown(agents)

    assert (call["name"], call["arguments"]) == ("create-ticket", TICKET[2])
    assert not agents.clients.function_calls


def test_an_approved_call_runs_once_and_the_agent_gets_its_result(agents: AgentApi) -> None:
    call = shown(agents)
    agents.clients.turns.append(DONE)

    status, answer = agents.ask(approve=[call], session_id="s")

    assert (status, answer["output"], answer["stop_reason"]) == (200, "Created.", "end_turn")
    assert [(tool["name"], tool["status"]) for tool in answer["tools"]] == [("create-ticket", "success")]
    context = {TOOL_NAME_CONTEXT: "create-ticket___call", APPROVED_CALL_CONTEXT: call["id"]}
    assert agents.clients.function_calls == [(FUNCTION_ARN, TICKET[2], context)]
    asked, went_on = agents.clients.harness_calls
    assert asked["runtimeSessionId"] == went_on["runtimeSessionId"]
    use = {"toolUseId": call["id"], "name": "create-ticket", "input": TICKET[2]}
    result = {"toolUseId": call["id"], "content": [{"text": '{"ticket": "T-1"}'}], "status": "success"}
    assert went_on["messages"] == [
        {"role": "assistant", "content": [{"toolUse": use}]},
        {"role": "user", "content": [{"toolResult": result}]},
    ]


@pytest.mark.parametrize(("reason", "text"), [({}, "the user declined"), ({"reason": "no"}, "the user declined: no")])
def test_a_declined_call_does_not_run(agents: AgentApi, reason: dict[str, str], text: str) -> None:
    call = shown(agents)
    agents.clients.turns.append(DONE)

    _, answer = agents.ask(reject=[{**call, **reason}], session_id="s")

    assert answer["tools"][0]["status"] == "declined"
    assert not agents.clients.function_calls
    result = agents.clients.harness_calls[1]["messages"][1]["content"][0]["toolResult"]
    assert (result["status"], result["content"]) == ("error", [{"text": text}])


@pytest.mark.parametrize(
    "change",
    [
        {"arguments": {"title": "Broken", "priority": 3}},
        {"arguments": {"title": "Broken"}},
        {"arguments": {"title": "Broken", "priority": "2"}},
        {"arguments": {"title": "Broken", "priority": True}},
        {"name": "delete-ticket"},
        {"id": "tooluse_2"},
        {"id": f"call_{2**36 - 1:x}_{'0' * 12}_{'0' * 32}"},
        {"session_id": "t"},
        {"user": "ann"},
        {"key_name": "partner"},
        {"path": "/v1/agents/sales/invoke"},
    ],
)
def test_what_was_not_shown_cannot_be_approved(agents: AgentApi, change: dict[str, Any]) -> None:
    call = shown(agents)
    own = {name: value for name, value in change.items() if name in call}
    others = {name: value for name, value in change.items() if name not in call}

    status, answer = agents.ask(**{"approve": [{**call, **own}], "session_id": "s"} | others)

    assert (status, answer["error"]["code"]) == (400, "unknown_call")
    assert not agents.clients.function_calls
    assert len(agents.clients.harness_calls) == 1


def test_a_later_expiry_is_not_what_was_signed(agents: AgentApi) -> None:
    call = shown(agents)
    word, expiry, *rest = call["id"].split("_")
    later = "_".join((word, f"{int(expiry, 16) + 1:x}", *rest))

    assert agents.ask(approve=[{**call, "id": later}], session_id="s")[1]["error"]["code"] == "unknown_call"


def test_a_call_is_valid_for_an_hour(agents: AgentApi) -> None:
    call = shown(agents)
    agents.clients.turns.append(DONE)
    agents.api.clock.now += VALID_SECONDS
    assert agents.ask(approve=[call], session_id="s")[0] == 200

    agents.api.clock.now += 1
    status, answer = agents.ask(approve=[call], session_id="s")

    assert (status, answer["error"]["code"]) == (400, "call_expired")
    assert len(agents.clients.function_calls) == 1


def test_numbers_may_come_back_as_javascript_writes_them(agents: AgentApi) -> None:
    arguments = {"title": "Broken", "prices": [2.0, 2.5, {"a": 3.0}]}
    agents.clients.turns += [call_message(("t", "create-ticket", arguments)), DONE]
    [call] = agents.ask(input="Hi", session_id="s")[1]["requires_approval"]
    call["arguments"] = {"prices": [2, 2.5, {"a": 3}], "title": "Broken"}

    assert agents.ask(approve=[call], session_id="s")[0] == 200


def test_one_of_two_calls_is_not_valid_and_nothing_runs(agents: AgentApi) -> None:
    call = shown(agents)

    status, answer = agents.ask(approve=[call], reject=[{**call, "id": "x"}], session_id="s")

    assert (status, answer["error"]["param"]) == (400, "reject[0]")
    assert not agents.clients.function_calls


def test_a_call_is_decided_once_in_a_request(agents: AgentApi) -> None:
    call = shown(agents)

    assert agents.ask(approve=[call, call], session_id="s")[0] == 400
    assert not agents.clients.function_calls


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (Reply({"x-amz-function-error": "Unhandled"}, b'{"errorMessage": "full", "stackTrace": ["secret"]}'), "full"),
        (Reply({"x-amz-function-error": "Unhandled"}, b"<html>"), "the tool failed"),
        (TimeoutError(), "it may have done its work all the same"),
        (AwsError("AccessDeniedException", "arn:aws:iam::111122223333:role/x", status=403), "could not be called"),
    ],
)
def test_a_tool_that_fails_is_an_error_for_the_agent(agents: AgentApi, reply: Any, text: str) -> None:
    call = shown(agents)
    agents.clients.turns.append(DONE)
    agents.clients.functions[FUNCTION_ARN] = reply

    status, answer = agents.ask(approve=[call], session_id="s")

    assert (status, answer["tools"][0]["status"]) == (200, "error")
    result = agents.clients.harness_calls[1]["messages"][1]["content"][0]["toolResult"]
    assert result["status"] == "error"
    assert text in result["content"][0]["text"]
    assert "secret" not in str(result)
    assert "111122223333" not in str(result)


def test_clients_do_not_repeat_what_has_run(agents: AgentApi) -> None:
    call = shown(agents)
    agents.clients.turns.append(AwsError("ThrottlingException", "", status=429))

    status, headers, _ = agents.raw({"approve": [call], "session_id": "s"})

    assert (status, headers["x-should-retry"]) == (429, "false")
    assert len(agents.clients.function_calls) == 1


def test_a_tool_of_the_harness_itself_needs_no_approval(agents: AgentApi) -> None:
    agents.clients.turns.append(LOOKED_UP)

    assert "requires_approval" not in agents.ask(input="Hi")[1]


def test_the_secret_is_read_once_and_not_shown(agents: AgentApi) -> None:
    call = shown(agents)
    agents.clients.secrets.clear()
    agents.clients.turns.append(DONE)

    assert agents.ask(approve=[call], session_id="s")[0] == 200
    assert "secret" not in json.dumps(call)


def test_without_the_secret_no_call_is_shown(agents: AgentApi) -> None:
    agents.clients.secrets.clear()
    agents.clients.turns.append(ASKS)

    status, answer = agents.ask(input="Hi")

    assert (status, answer["error"]["code"]) == (500, "internal_error")


@pytest.mark.parametrize("first", [0, 1])
def test_another_call_of_the_same_turn_has_not_run(agents: AgentApi, first: int) -> None:
    """AWS doesn't say what becomes of it: without a result it counts as not made."""
    calls = [ORDER, TICKET] if first == 0 else [TICKET, ORDER]
    agents.clients.turns += [call_message(*calls), DONE]

    _, answer = agents.ask(input="Hi", session_id="s")

    assert answer["stop_reason"] == "requires_approval"
    assert {tool["name"]: tool["status"] for tool in answer["tools"]} == {
        "order-status": None,
        "create-ticket": "requires_approval",
    }
    [call] = answer["requires_approval"]
    agents.ask(approve=[call], session_id="s")
    uses = agents.clients.harness_calls[1]["messages"][0]["content"]
    assert [use["toolUse"]["name"] for use in uses] == ["create-ticket"]


@pytest.mark.parametrize("at_once", [True, False])
def test_an_error_after_an_approved_call_says_that_it_ran(agents: AgentApi, at_once: bool) -> None:
    """Such as a call that is approved when the conversation has gone on, or twice."""
    call = shown(agents)
    failure = AwsError("RuntimeClientError", "roles must alternate.", status=400)
    agents.clients.turns.append(failure if at_once else [failure])

    status, answer = agents.ask(approve=[call], session_id="s")

    assert (status, answer["error"]["code"]) == (502, "agent_failed")
    assert "roles must alternate; create-ticket has run" in answer["error"]["message"]


def test_an_error_after_a_declined_call_says_of_no_tool_that_it_ran(agents: AgentApi) -> None:
    call = shown(agents)
    agents.clients.turns.append([AwsError("RuntimeClientError", "roles must alternate", status=400)])

    assert "has run" not in agents.ask(reject=[call], session_id="s")[1]["error"]["message"]
