"""POST /v1/messages/count_tokens: Bedrock's count, or an error that says why there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.inference_api.anthropic_requests import MARKED, NOVA, SONNET, TOOL, USER, serve
from tests.inference_api.conftest import DEPLOYMENT_ARN, Api

PATH = "/v1/messages/count_tokens"
PLAIN = SONNET.removeprefix("us.")
ARN = "arn:aws:bedrock:us-east-1:"


def behind(api: Api, model: str, arn: str) -> None:
    alias = api.settings.aliases["support-bot"]
    base = alias.base._replace(id=model, arn=arn)
    api.settings = api.settings._replace(aliases={**api.settings.aliases, "support-bot": alias._replace(base=base)})
    api.configure(["on-demand", "base"])
    api.base_serves()


def count(api: Api, **change: Any) -> tuple[int, dict[str, Any]]:
    return api.post(PATH, {"model": "support-bot", "messages": [USER], **change})


@pytest.mark.parametrize(
    ("model", "arn"),
    [
        (PLAIN, f"{ARN}:foundation-model/{PLAIN}"),
        (SONNET, f"{ARN}111122223333:inference-profile/{SONNET}"),
        (f"{ARN}111122223333:inference-profile/{SONNET}", f"{ARN}111122223333:inference-profile/{SONNET}"),
    ],
)
def test_bedrock_counts_for_the_foundation_model(api: Api, model: str, arn: str) -> None:
    behind(api, model, arn)
    tools = [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]
    messages = [{"role": "user", "content": [{"text": "Hello"}]}]
    counted = {"messages": messages, "system": [{"text": "Be brief."}], "toolConfig": {"tools": tools}}
    api.runtime.add_response("count_tokens", {"inputTokens": 42}, {"modelId": PLAIN, "input": {"converse": counted}})

    assert count(api, system="Be brief.", tools=[TOOL]) == (200, {"input_tokens": 42})


def test_cache_marks_are_no_tokens_and_thinking_counts(api: Api) -> None:
    serve(api, PLAIN)
    calls: list[Any] = []
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.CountTokens", lambda params, **_: calls.append(params)
    )
    api.runtime.add_response("count_tokens", {"inputTokens": 42})
    thinking = {"type": "enabled", "budget_tokens": 2000}

    status, _ = count(api, thinking=thinking, **MARKED)

    assert status == 200
    assert calls[0]["input"]["converse"]["additionalModelRequestFields"] == {"thinking": thinking}
    assert "cachePoint" not in json.dumps(calls)


def test_a_model_without_a_count_is_an_error_that_says_so(api: Api) -> None:
    serve(api, NOVA)
    api.runtime.add_client_error(
        "count_tokens", "ValidationException", "The provided model doesn't support counting tokens."
    )

    status, answer = count(api)

    assert (status, answer["error"]["type"], answer["error"]["param"]) == (400, "invalid_request_error", "model")
    assert "models of Anthropic" in answer["error"]["message"]


def test_a_schema_has_no_count(api: Api) -> None:
    wanted = {"type": "json_schema", "schema": {"type": "object"}}

    status, answer = count(api, output_config={"effort": "low", "format": wanted})

    assert (status, answer["error"]["param"]) == (400, "output_config.format")


def test_a_denied_count_is_no_attempt_of_the_target(api: Api) -> None:
    serve(api, PLAIN)
    api.runtime.add_client_error("count_tokens", "AccessDeniedException", http_status_code=403)

    status, _ = count(api)

    assert status == 403
    assert api.facts.attempts == []


def test_a_trained_model_has_no_count(api: Api) -> None:
    api.promoted()

    status, answer = count(api)

    assert (status, answer["error"]["code"]) == (400, "unsupported_operation")
    assert DEPLOYMENT_ARN not in answer["error"]["message"]


@pytest.mark.parametrize("change", [{"max_tokens": 1}, {"stream": True}, {"temperature": 0}, {"messages": []}])
def test_fields_that_it_does_not_have(api: Api, change: dict[str, Any]) -> None:
    status, answer = count(api, **change)

    assert (status, answer["error"]["param"]) == (400, next(iter(change)))
