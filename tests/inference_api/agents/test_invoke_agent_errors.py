"""POST /v1/agents/NAME/invoke where something goes wrong: failed tools, answers cut short, errors of AgentCore."""

from __future__ import annotations

from typing import Any

import pytest

from inference_api.aws.client import Event
from inference_api.aws.connections import ReadTimeoutError
from inference_api.aws.errors import AwsError
from tests.inference_api.agents.conftest import HARNESS_ARN, AgentApi
from tests.inference_api.agents.harness_events import (
    call_message,
    result_message,
    text_message,
)


def test_a_failed_tool_is_in_the_trace(agents: AgentApi) -> None:
    agents.clients.turns.append(
        [
            *call_message(("a", "order-status___call", {}), ("b", "search", {"q": "x"})),
            *result_message(("b", "success", "found"), ("a", "error", "no such order")),
            *text_message("Sorry."),
        ]
    )

    _, answer = agents.ask(input="Hi")

    assert [(tool["name"], tool["status"]) for tool in answer["tools"]] == [
        ("order-status", "error"),
        ("search", "success"),
    ]


@pytest.mark.parametrize("reason", ["max_iterations_exceeded", "timeout_exceeded", "max_tokens", "content_filtered"])
def test_an_agent_that_ends_early_says_so(agents: AgentApi, reason: str) -> None:
    agents.clients.turns.append(text_message("So far.", reason=reason))

    status, answer = agents.ask(input="Hi")

    assert (status, answer["stop_reason"], answer["output"]) == (200, reason, "So far.")


@pytest.mark.parametrize("reason", ["content_filtered", "guardrail_intervened"])
def test_what_a_guardrail_blocks_is_counted(agents: AgentApi, reason: str) -> None:
    agents.clients.turns.append(text_message("I can't say that.", reason=reason))

    assert agents.ask(input="Hi")[1]["stop_reason"] == reason
    assert agents.api.facts.intervened


CALLED = call_message(("a", "order-status___call", {}))


@pytest.mark.parametrize(
    "events",
    [
        [],
        text_message("So far")[:-1],
        CALLED,
        [*CALLED, *result_message(("a", "success", "shipped"))],
        [*text_message("Done."), Event("messageStart", {"role": "assistant"})],
        text_message("So far", reason="interrupted"),
        [*text_message("So far")[:2], ConnectionResetError()],
    ],
)
def test_what_is_cut_is_never_whole(agents: AgentApi, events: list[Any]) -> None:
    agents.clients.turns.append(events)

    status, headers, content = agents.raw({"input": "Hi"})

    assert status == 502
    assert b"stream_cut" in content
    assert headers["x-should-retry"] == "false"


def test_malformed_arguments(agents: AgentApi) -> None:
    events = [*call_message(("a", "order-status___call", {}))]
    events[3] = Event("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"toolUse": {"input": "{]"}}})
    agents.clients.turns.append(events)

    status, answer = agents.ask(input="Hi")

    assert (status, answer["error"]["code"]) == (502, "model_error")


@pytest.mark.parametrize(
    ("code", "status", "named"),
    [
        ("ThrottlingException", 429, "rate_limit_exceeded"),
        ("ServiceQuotaExceededException", 429, "rate_limit_exceeded"),
        ("AccessDeniedException", 403, "agent_access_denied"),
        ("ResourceNotFoundException", 404, "agent_not_available"),
        ("RuntimeClientError", 502, "agent_failed"),
        ("ValidationException", 400, "invalid_request"),
        ("InternalServerException", 503, "service_unavailable"),
        ("NewException", 503, "service_unavailable"),
    ],
)
@pytest.mark.parametrize("begun", [False, True])
def test_errors_of_agentcore(agents: AgentApi, code: str, status: int, named: str, begun: bool) -> None:
    error = AwsError(code, f"no {HARNESS_ARN} here", status=503)
    agents.clients.turns.append([*text_message("So far")[:2], error] if begun else error)

    got, headers, content = agents.raw({"input": "Hi"})

    assert got == status
    assert named.encode() in content
    assert b"111122223333" not in content
    may_repeat = status == 429 and not begun
    assert headers.get("x-should-retry") == (None if may_repeat else "false")
    assert ("Retry-After" in headers) == may_repeat


def test_silence(agents: AgentApi) -> None:
    agents.clients.turns.append([*text_message("So far")[:2], ReadTimeoutError()])

    status, answer = agents.ask(input="Hi")

    assert (status, answer["error"]["code"]) == (504, "timeout")


def test_a_whole_answer_ends_before_api_gateway_does(agents: AgentApi) -> None:
    def slow() -> Any:
        yield from text_message("So far")[:2]
        agents.api.clock.now += 300
        yield from text_message("So far")[2:]

    agents.clients.turns.append(slow())

    status, answer = agents.ask(input="Hi")

    assert (status, answer["error"]["code"]) == (504, "timeout")
