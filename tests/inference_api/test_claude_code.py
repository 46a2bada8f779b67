"""Requests as Claude Code sends them: what the API honours of them, and what it refuses by name.

The shapes are those of https://code.claude.com/docs/en/llm-gateway-protocol and of requests of versions 2.1 that others
have recorded, read in November 2026. Claude Code itself was not run.
"""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest

from inference_api.aws.client import SILENCE
from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.inference_api.anthropic_requests import NOVA, SONNET, post, sent, serve
from tests.inference_api.conftest import Api, converse_events
from tests.inference_api.local_server import served

EPHEMERAL = {"cache_control": {"type": "ephemeral"}}
POINT = {"cachePoint": {"type": "default"}}
ATTRIBUTION = "x-anthropic-billing-header: cc_version=2.1.278.abc; cc_entrypoint=cli;"
PRE_RELEASE = "context-management-2025-06-27,prompt-caching-scope-2026-01-05,mid-conversation-system-2026-04-07"
HEADERS = {
    "anthropic-version": "2023-06-01",
    "anthropic-beta": f"claude-code-20250219,interleaved-thinking-2025-05-14,{PRE_RELEASE}",
    "anthropic-dangerous-direct-browser-access": "true",
    "user-agent": "claude-cli/2.1.278 (external, cli)",
    "x-app": "cli",
    "x-claude-code-session-id": "5e551011-0000-4000-8000-0000000008b3",
    "x-claude-code-agent-id": "agent-1",
    "x-stainless-helper-method": "stream",
}
BASH: dict[str, Any] = {
    "name": "Bash",
    "description": "Executes a command.",
    "input_schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"command": {"type": "string"}},
        "required": ["command"],
        "additionalProperties": False,
    },
}
SYSTEM = [
    {"type": "text", "text": ATTRIBUTION},
    {"type": "text", "text": "You are Claude Code, Anthropic's official CLI for Claude.", **EPHEMERAL},
    {"type": "text", "text": "Use the tools.", **EPHEMERAL},
]
CALL = {"type": "tool_use", "id": "toolu_01", "name": "Bash", "input": {"command": "ls"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_01", "content": "a.txt", "is_error": False, **EPHEMERAL}
MESSAGES = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "<system-reminder>Today is Friday.</system-reminder>"},
            {"type": "text", "text": "List the files."},
        ],
    },
    {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}, CALL]},
    {"role": "user", "content": [RESULT]},
]
# With CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS=1.
TURN: dict[str, Any] = {
    "max_tokens": 32_000,
    "system": SYSTEM,
    "messages": MESSAGES,
    "tools": [BASH],
    "thinking": {"type": "adaptive"},
    "output_config": {"effort": "high"},
    "metadata": {"user_id": '{"device_id":"d","account_uuid":"","session_id":"s"}'},
}


def test_a_turn_reaches_claude_whole(api: Api) -> None:
    request = sent(api, model=SONNET, headers=HEADERS, **TURN)

    assert request["system"][0] == {"text": ATTRIBUTION}
    assert [block for block in request["system"] if "cachePoint" in block] == [POINT, POINT]
    assert [message["role"] for message in request["messages"]] == ["user", "assistant", "user"]
    reasoning, call = request["messages"][1]["content"]
    assert reasoning == {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}}
    assert call == {"toolUse": {"toolUseId": "toolu_01", "name": "Bash", "input": {"command": "ls"}}}
    assert request["messages"][2]["content"][1] == POINT
    (tool,) = request["toolConfig"]["tools"]
    assert tool["toolSpec"]["inputSchema"]["json"] == BASH["input_schema"]
    assert request["outputConfig"] == {"effort": "high"}
    own = {"thinking": {"type": "adaptive"}, "anthropic_beta": ["interleaved-thinking-2025-05-14"]}
    assert request["additionalModelRequestFields"] == own


def test_a_turn_reaches_another_model_without_what_only_claude_has(api: Api) -> None:
    plain = {name: value for name, value in TURN.items() if name != "output_config"}

    request = sent(api, model=NOVA, headers=HEADERS, **plain)

    assert "additionalModelRequestFields" not in request
    assert request["toolConfig"]["tools"][0]["toolSpec"]["name"] == "Bash"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}}, "context_management"),
    ({"output_config": {"effort": "high", "task_budget": {"type": "tokens", "total": 9}}}, "output_config.task_budget"),
    ({"tools": [{**BASH, "defer_loading": True}]}, "tools[0].defer_loading"),
    ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0].type"),
    ({"tools": [{"type": "advisor_20260301", "name": "advisor"}]}, "tools[0].type"),
    ({"messages": [*MESSAGES, {"role": "system", "content": "The mode has changed."}]}, "messages[3].role"),
    (
        {
            "messages": [
                *MESSAGES[:2],
                {"role": "user", "content": [{**RESULT, "content": [{"type": "tool_reference"}]}]},
            ]
        },
        "messages[2].content[0].content[0].type",
    ),
    ({"speed": "fast"}, "speed"),
]


@pytest.mark.parametrize(("change", "param"), REFUSED, ids=[param for _, param in REFUSED])
def test_features_of_betas_are_refused_by_name(api: Api, change: dict[str, Any], param: str) -> None:
    status, answer = post(api, HEADERS, **{**TURN, **change})

    assert (status, answer["error"]["type"], answer["error"]["param"]) == (400, "invalid_request_error", param)
    assert param in answer["error"]["message"]
    assert api.facts.attempts == []


IGNORED: list[dict[str, Any]] = [
    {"tools": [{**BASH, "eager_input_streaming": True}]},
    {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "scope": "global", "ttl": "1h"}}]},
    {"thinking": {"type": "disabled"}},
]


@pytest.mark.parametrize("change", IGNORED)
def test_what_changes_no_answer_is_accepted(api: Api, change: dict[str, Any]) -> None:
    assert sent(api, model=SONNET, headers=HEADERS, **{**TURN, **change})["messages"]


def test_a_stream_of_the_beta_path(api: Api) -> None:
    """Claude Code posts to /v1/messages?beta=true, as Anthropic's client does for betas."""
    serve(api, SONNET)
    use = {"toolUse": {"toolUseId": "toolu_02", "name": "Bash", "input": {"command": "pwd"}}}
    first, *events = converse_events(use, reason="tool_use")
    api.clients.streams.append([first, SILENCE, *events])  # a ping: it leaves a stream that is silent for 300 seconds
    with (
        served(api) as url,
        anthropic.Anthropic(
            base_url=url, auth_token="k", api_key=None, max_retries=0, default_headers=HEADERS
        ) as client,
        client.beta.messages.stream(model="support-bot", **TURN) as stream,
    ):
        message = stream.get_final_message()

    assert (message.stop_reason, message.content[0].type) == ("tool_use", "tool_use")


def test_the_models_that_it_discovers(api: Api) -> None:
    """GET /v1/models?limit=1000 without anthropic-version. It takes ids with "claude" or "anthropic" in them only."""
    headers = {"authorization": "Bearer k", "x-api-key": "k"}
    answer, _ = respond(Request("GET", "/v1/models", b"", headers), api.service)

    assert [item["id"] for item in json.loads(b"".join(answer.body))["data"]] == sorted(api.settings.aliases)


def test_a_prompt_that_is_too_long_is_said_in_the_words_that_it_waits_for(api: Api) -> None:
    """It makes the conversation shorter then. https://code.claude.com/docs/en/errors"""
    serve(api, SONNET)
    api.runtime.add_client_error(
        "converse", "ValidationException", "Input is too long for requested model.", http_status_code=400
    )

    status, answer = post(api, HEADERS, **TURN)

    assert status == 400
    assert "input is too long for requested model" in answer["error"]["message"].lower()


def test_tokens_are_counted(api: Api) -> None:
    serve(api, SONNET)
    api.runtime.add_response("count_tokens", {"inputTokens": 7})
    counted = {name: TURN[name] for name in ("system", "messages", "tools", "thinking")}

    request = Request(
        "POST", "/v1/messages/count_tokens", json.dumps({"model": "support-bot", **counted}).encode(), HEADERS
    )
    answer, _ = respond(request, api.service)

    assert json.loads(b"".join(answer.body)) == {"input_tokens": 7}
