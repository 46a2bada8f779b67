"""The anthropic client against the API behind a local server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pydantic
import pytest
from anthropic.types import ToolParam

from inference_api.aws.client import SILENCE, Event
from inference_api.fallback import MAX_ATTEMPTS
from tests.inference_api.conftest import Api, converse_events, converse_response
from tests.inference_api.local_server import served

TOOL: ToolParam = {
    "name": "mcp.weather",
    "description": "The weather of a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
NAME = "mcp_weather_d95d13f1"
USE = {"toolUse": {"toolUseId": "t1", "name": NAME, "input": {"city": "Basel"}}}
HELLO: Any = [{"role": "user", "content": "Hello"}]


class Place(pydantic.BaseModel):
    city: str


@pytest.fixture
def client(api: Api) -> Iterator[anthropic.Anthropic]:
    with served(api) as url, anthropic.Anthropic(base_url=url, api_key="k", max_retries=0) as made:
        yield made


def ask(client: anthropic.Anthropic, **change: Any) -> Any:
    return client.messages.create(**{"model": "support-bot", "max_tokens": 100, "messages": HELLO, **change})


def test_a_message(api: Api, client: anthropic.Anthropic) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    answer = ask(client, system="Be brief.", metadata={"user_id": "u"}, extra_body={"temperature": 0.5})

    assert (answer.id, answer.role, answer.model) == ("msg_0001", "assistant", "support-bot")
    assert [block.text for block in answer.content] == ["Hi"]
    assert (answer.stop_reason, answer.stop_sequence) == ("end_turn", None)
    assert answer.usage.input_tokens == 10
    assert answer.usage.output_tokens == 5
    assert answer._request_id == "request-1"


def test_models(client: anthropic.Anthropic) -> None:
    assert [model.id for model in client.models.list(limit=1)] == ["assistant", "support-bot"]
    assert client.models.retrieve("assistant").display_name == "assistant"
    with pytest.raises(anthropic.NotFoundError, match="not_found_error"):
        client.models.retrieve("claude")


def test_tool_calls_and_their_results(api: Api, client: anthropic.Anthropic) -> None:
    """The answer is sent back as the client has it."""
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Wait."}, USE, reason="tool_use"))
    api.runtime.add_response("converse", converse_response({"text": "Rain."}))

    first = ask(client, tools=[TOOL])
    result = {"type": "tool_result", "tool_use_id": first.content[1].id, "content": "rain"}
    second = ask(
        client,
        messages=[
            *HELLO,
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": [result]},
        ],
        tools=[TOOL],
    )

    assert (first.stop_reason, first.content[1].name, first.content[1].input) == (
        "tool_use",
        "mcp.weather",
        {"city": "Basel"},
    )
    assert second.content[0].text == "Rain."


def test_a_stream_of_text_and_tool_calls(api: Api, client: anthropic.Anthropic) -> None:
    api.base_serves()
    first, *events = converse_events({"text": "Wait"}, USE, USE, reason="tool_use")
    api.clients.streams.append([first, SILENCE, *events])

    with client.messages.stream(model="support-bot", max_tokens=9, messages=HELLO, tools=[TOOL]) as stream:
        texts = [*stream.text_stream]
        final = stream.get_final_message()

    assert texts == ["Wa", "it"]
    assert [block.type for block in final.content] == ["text", "tool_use", "tool_use"]
    assert final.content[1].input == {"city": "Basel"}  # type: ignore[union-attr]
    assert (final.stop_reason, final.usage.input_tokens, final.usage.output_tokens) == ("tool_use", 10, 5)


def test_a_stream_of_thinking(api: Api, client: anthropic.Anthropic) -> None:
    api.base_serves("assistant")
    deltas = [{"text": "H"}, {"text": "m."}, {"signature": "c2ln"}, {"redactedContent": "eA=="}]
    thinking = [
        Event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": delta}}) for delta in deltas
    ]
    first, *events = converse_events({"text": "Hi"})
    moved = [
        event._replace(value=event.value | {"contentBlockIndex": 1}) if "contentBlockIndex" in event.value else event
        for event in events
    ]
    api.clients.streams.append([first, *thinking, *moved])

    with client.messages.stream(model="assistant", max_tokens=9, messages=HELLO) as stream:
        final = stream.get_final_message()

    assert [block.to_dict(exclude_unset=True, warnings=False) for block in final.content] == [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "eA=="},
        {"type": "text", "text": "Hi"},
    ]


def test_structured_output(api: Api, client: anthropic.Anthropic) -> None:
    api.base_serves()
    use = {"toolUse": {"toolUseId": "t1", "name": "answer_as_json", "input": {"city": "Basel"}}}
    for _ in range(2):
        api.runtime.add_response("converse", converse_response(use, reason="tool_use"))

    parsed = client.messages.parse(model="support-bot", max_tokens=9, messages=HELLO, output_format=Place)
    echo: Any = [*HELLO, {"role": "assistant", "content": parsed.content}, *HELLO]
    again = client.messages.parse(model="support-bot", max_tokens=9, messages=echo, output_format=Place)

    assert parsed.parsed_output == again.parsed_output == Place(city="Basel")
    assert parsed.stop_reason == "end_turn"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", anthropic.RateLimitError),
        ("AccessDeniedException", anthropic.PermissionDeniedError),
        ("ResourceNotFoundException", anthropic.NotFoundError),
        ("ValidationException", anthropic.BadRequestError),
        ("InternalServerException", anthropic.InternalServerError),
    ],
)
def test_errors_become_the_clients_exceptions(
    api: Api, client: anthropic.Anthropic, code: str, expected: type[anthropic.APIStatusError]
) -> None:
    api.base_serves()
    for _ in range(MAX_ATTEMPTS if code in ("ThrottlingException", "InternalServerException") else 1):
        api.runtime.add_client_error("converse", code)

    with pytest.raises(expected) as failure:
        ask(client)

    body: Any = failure.value.body
    assert body["type"] == "error"
    assert body["error"]["message"]
    assert failure.value.request_id == body["request_id"] == "request-1"


def test_a_stream_that_breaks_off_is_an_exception(api: Api, client: anthropic.Anthropic) -> None:
    api.base_serves()
    api.clients.streams.append(converse_events({"text": "Hi"})[:-2])

    texts: list[str] = []
    with (
        pytest.raises(anthropic.APIStatusError, match="broke off"),
        client.messages.stream(model="support-bot", max_tokens=9, messages=HELLO) as stream,
    ):
        texts.extend(stream.text_stream)

    assert texts == ["H", "i"]
    assert api.facts.error == "stream_cut"


def test_a_timeout_is_not_repeated_by_the_client(api: Api, client: anthropic.Anthropic) -> None:
    api.base_serves()
    for _ in range(MAX_ATTEMPTS):
        api.runtime.add_client_error("converse", "ModelTimeoutException", http_status_code=408)

    with pytest.raises(anthropic.APIStatusError) as raised:
        ask(client.with_options(max_retries=2))

    assert raised.value.status_code == 504


def test_an_unknown_alias_and_an_unknown_path(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="assistant, support-bot"):
        ask(client, model="claude-opus-5")
    with pytest.raises(anthropic.NotFoundError, match="not_found_error"):
        client.messages.batches.list()
