"""Chats with an agent as the model."""

from __future__ import annotations

from typing import Any

from tests.inference_api.agents.conftest import AgentApi
from tests.inference_api.agents.harness_events import ASKS

CHAT = "/v1/chat/completions"
ASKED = {"role": "user", "content": "Open a ticket"}


def chat(agents: AgentApi, *messages: Any, **body: Any) -> tuple[int, dict[str, Any]]:
    return agents.ask(CHAT, model="agent:support", messages=[*messages], **body)


def asked(agents: AgentApi) -> dict[str, Any]:
    """The agent's message that calls the tool."""
    agents.clients.turns.append(ASKS)
    _, answer = chat(agents, ASKED)
    [choice] = answer["choices"]
    assert choice["finish_reason"] == "tool_calls"
    message: dict[str, Any] = choice["message"]
    return message
