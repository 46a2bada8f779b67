"""The openai client against the API behind a local server."""

from __future__ import annotations

from collections.abc import Iterator

import openai
import pydantic
import pytest
from openai.types.chat import ChatCompletionFunctionToolParam, ChatCompletionUserMessageParam

from inference_api.aws.client import SILENCE
from inference_api.fallback import MAX_ATTEMPTS
from tests.inference_api.conftest import Api, converse_events, converse_response
from tests.inference_api.local_server import served

TOOL: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


class Place(pydantic.BaseModel):
    city: str


@pytest.fixture
def client(api: Api) -> Iterator[openai.OpenAI]:
    with served(api) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0) as made:
        yield made


def test_models_and_chat(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    answer = client.chat.completions.create(model="support-bot", messages=[{"role": "user", "content": "Hello"}])

    assert answer.choices[0].message.content == "Hi"
    assert answer.usage is not None
    assert answer.usage.total_tokens == 15
    assert [model.id for model in client.models.list()] == ["assistant", "support-bot"]
    assert client.models.retrieve("assistant").owned_by == "support-assistant"


def test_tool_calls_and_their_results(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    use = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Basel"}}}
    api.runtime.add_response("converse", converse_response(use, reason="tool_use"))
    api.runtime.add_response("converse", converse_response({"text": "Rain."}))

    first = client.chat.completions.create(
        model="support-bot", messages=[{"role": "user", "content": "Weather?"}], tools=[TOOL]
    )
    message = first.choices[0].message
    assert message.tool_calls is not None
    second = client.chat.completions.create(
        model="support-bot",
        messages=[
            {"role": "user", "content": "Weather?"},
            message.to_dict(),  # type: ignore[list-item]
            {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "rain"},
        ],
        tools=[TOOL],
    )

    assert first.choices[0].finish_reason == "tool_calls"
    assert second.choices[0].message.content == "Rain."


def test_a_stream_of_text_and_tool_calls(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    use = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {}}}
    api.clients.streams.append(converse_events({"text": "Wait"}, use, use, reason="tool_use"))

    with client.chat.completions.stream(
        model="support-bot",
        messages=[{"role": "user", "content": "Hello"}],
        tools=[{**TOOL, "function": {**TOOL["function"], "strict": True}}],
        stream_options={"include_usage": True},
    ) as stream:
        final = stream.get_final_completion()

    assert final.choices[0].message.content == "Wait"
    assert len(final.choices[0].message.tool_calls or []) == 2
    assert final.choices[0].finish_reason == "tool_calls"
    assert final.usage is not None


def test_a_model_searches_the_documents(api: Api, client: openai.OpenAI) -> None:
    """The client's types have no file_search for chat completions, but it sends what it gets."""
    api.base_serves()
    use = {"toolUse": {"toolUseId": "use-1", "name": "file_search", "input": {"query": "descaling"}}}
    location = {"type": "S3", "s3Location": {"uri": "s3://documents/descaling.md"}}
    found = {"content": {"text": "Every two months."}, "score": 0.9, "location": location}
    api.runtime.add_response("converse", converse_response(use, reason="tool_use"))
    api.agent.add_response("retrieve", {"retrievalResults": [found]})
    api.runtime.add_response("converse", converse_response({"text": "Every two months【1】."}))

    completion = client.chat.completions.create(
        model="support-bot",
        messages=[{"role": "user", "content": "How often?"}],
        extra_body={"tools": [{"type": "file_search", "vector_store_ids": ["documents"]}]},
    )

    message = completion.choices[0].message
    assert message.content == "Every two months."
    assert message.annotations
    citation = message.annotations[0].url_citation
    assert (citation.title, message.content[citation.start_index : citation.end_index]) == (
        "descaling.md",
        "Every two months",
    )


def test_structured_output(api: Api, client: openai.OpenAI) -> None:
    """The answer is sent back as the client has it."""
    api.base_serves()
    use = {"toolUse": {"toolUseId": "t1", "name": "answer_as_json", "input": {"city": "Basel"}}}
    for _ in range(2):
        api.runtime.add_response("converse", converse_response(use, reason="tool_use"))
    api.clients.streams.append(converse_events({"text": "Let me see."}, use, reason="tool_use"))
    question: ChatCompletionUserMessageParam = {"role": "user", "content": "Where?"}

    parsed = client.chat.completions.parse(model="support-bot", messages=[question], response_format=Place)
    message = parsed.choices[0].message
    again = client.chat.completions.parse(
        model="support-bot",
        messages=[question, message.to_dict(warnings=False), question],  # type: ignore[list-item]
        response_format=Place,
    )
    with client.chat.completions.stream(
        model="support-bot", messages=[question], response_format=Place, reasoning_effort="low"
    ) as stream:
        streamed = stream.get_final_completion()

    assert [one.choices[0].message.parsed for one in (parsed, again, streamed)] == [Place(city="Basel")] * 3
    assert parsed.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", openai.RateLimitError),
        ("AccessDeniedException", openai.PermissionDeniedError),
        ("ResourceNotFoundException", openai.NotFoundError),
        ("ValidationException", openai.BadRequestError),
        ("InternalServerException", openai.InternalServerError),
    ],
)
def test_errors_become_the_clients_exceptions(
    api: Api, client: openai.OpenAI, code: str, expected: type[openai.APIStatusError]
) -> None:
    api.base_serves()
    for _ in range(MAX_ATTEMPTS if code in ("ThrottlingException", "InternalServerException") else 1):
        api.runtime.add_client_error("converse", code)

    with pytest.raises(expected) as failure:
        client.chat.completions.create(model="support-bot", messages=[{"role": "user", "content": "Hello"}])

    assert failure.value.type
    assert failure.value.code


def test_a_stream_that_breaks_off_is_an_exception(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    start, *events = converse_events({"text": "Hi"})[:-2]
    api.clients.streams.append([start, SILENCE, *events])
    parts = client.chat.completions.create(
        model="support-bot", messages=[{"role": "user", "content": "Hello"}], stream=True
    )

    assert [next(parts).choices[0].delta.content for _ in range(3)] == ["", "H", "i"]
    with pytest.raises(openai.APIError, match="broke off"):
        list(parts)


def test_a_timeout_is_not_repeated_by_the_client(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    for _ in range(MAX_ATTEMPTS):
        api.runtime.add_client_error("converse", "ModelTimeoutException", http_status_code=408)

    with pytest.raises(openai.APIStatusError) as raised:
        client.with_options(max_retries=2).chat.completions.create(
            model="support-bot", messages=[{"role": "user", "content": "Hello"}]
        )

    assert raised.value.status_code == 504


def test_an_unknown_alias_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="assistant, support-bot"):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])


def test_a_retry_of_the_client_succeeds_after_ours_are_used_up(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    for _ in range(MAX_ATTEMPTS):
        api.runtime.add_client_error("converse", "ThrottlingException")
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    answer = client.with_options(max_retries=1).chat.completions.create(
        model="support-bot", messages=[{"role": "user", "content": "Hello"}]
    )

    assert answer.choices[0].message.content == "Hi"
