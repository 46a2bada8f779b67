"""Server-sent events of an agent. Only what has an `end` is whole."""

from __future__ import annotations

from typing import Any

import pytest

from inference_api.aws.client import SILENCE, Event
from inference_api.aws.errors import AwsError
from tests.inference_api.agents.conftest import AgentApi
from tests.inference_api.agents.harness_events import ASKS, DONE, LOOKED_UP, text_message
from tests.inference_api.test_grounded_stream import parsed


def streamed(agents: AgentApi, *events: Any, **body: Any) -> list[tuple[str, Any]]:
    agents.clients.turns.append(list(events))
    status, headers, content = agents.raw({"stream": True, "session_id": "s", **body})
    assert status == 200
    assert headers["Content-Type"].startswith("text/event-stream")
    return parsed(content)


def test_what_the_agent_says_and_does(agents: AgentApi) -> None:
    found = streamed(agents, *LOOKED_UP[:2], SILENCE, *LOOKED_UP[2:], input="Hi")

    names = [name for name, _ in found if name != "comment"]
    assert names == ["start", "text", "tool_call", "tool_result", "text", "text", "end"]
    assert ("comment", ": still waiting") in found
    values = dict(found)
    assert "".join(value["text"] for name, value in found if name == "text") == "I look.\n\nIt is shipped."
    assert values["tool_call"] == {"id": "tooluse_1", "name": "order-status", "arguments": {"order": "A-1"}}
    assert values["tool_result"]["status"] == "success"
    assert values["start"]["session_id"] == values["end"]["session_id"] == "s"
    assert values["end"]["stop_reason"] == "end_turn"
    assert values["end"]["usage"]["total_tokens"] == 30


def test_a_call_that_waits(agents: AgentApi) -> None:
    found = dict(streamed(agents, *ASKS, input="Hi"))

    [call] = found["requires_approval"]["calls"]
    assert found["end"]["stop_reason"] == "requires_approval"

    went_on = streamed(agents, *DONE, approve=[call])

    assert [name for name, _ in went_on if name != "comment"] == ["start", "tool_result", "text", "end"]
    assert dict(went_on)["tool_result"]["name"] == "create-ticket"


@pytest.mark.parametrize("length", range(len(LOOKED_UP) - 1))
def test_a_stream_that_breaks_off_anywhere_has_no_end(agents: AgentApi, length: int) -> None:
    """All but the last event, which has the usage: the message before it said that the agent has finished."""
    found = streamed(agents, *LOOKED_UP[:length], input="Hi")

    if LOOKED_UP[:length][-1:] == [Event("messageStop", {"stopReason": "end_turn"})]:
        assert found[-1][0] == "end"
        return
    assert found[-1][0] == "error"
    assert found[-1][1]["error"]["code"] == "stream_cut"
    assert "end" not in dict(found)


def test_an_error_of_the_runtime(agents: AgentApi) -> None:
    error = AwsError("RuntimeClientError", "model access is denied", status=200)

    found = streamed(agents, *text_message("So far")[:2], error, input="Hi")

    assert found[-1][1]["error"]["code"] == "agent_failed"
    assert "model access is denied" in found[-1][1]["error"]["message"]
    assert agents.api.facts.error == "ApiError from RuntimeClientError"


def test_a_caller_who_leaves_ends_the_call(agents: AgentApi) -> None:
    closed = []

    def events() -> Any:
        try:
            yield from LOOKED_UP
        finally:
            closed.append(True)

    agents.clients.turns.append(events())
    from inference_api.http_messages import Request
    from inference_api.routes import respond

    body = b'{"input": "Hi", "stream": true}'
    answer, _ = respond(Request("POST", "/v1/agents/support/invoke", body, key_name="default"), agents.api.service)
    next(answer.body)
    next(answer.body)
    answer.body.close()  # type: ignore[attr-defined]

    assert closed == [True]
