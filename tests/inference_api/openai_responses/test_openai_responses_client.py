"""The openai client's `responses` against the API behind a local server."""

from __future__ import annotations

import base64
from typing import Any

import openai
import pydantic
import pytest
from openai.types.responses import FunctionToolParam

from inference_api.aws.client import SILENCE
from inference_api.fallback import MAX_ATTEMPTS
from tests.inference_api import test_openai_client
from tests.inference_api.conftest import Api, converse_events, converse_response
from tests.inference_api.openai_responses.bodies import REDACTED, SIGNED, USE
from tests.inference_api.openai_responses.test_responses_stream import reasoning_events

client = test_openai_client.client
TOOL: FunctionToolParam = {
    "type": "function",
    "name": "weather",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
SECOND = {"toolUse": {**USE["toolUse"], "toolUseId": "tooluse_2"}}
MODEL = "support-bot"


class Place(pydantic.BaseModel):
    city: str


def test_text(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    answer = client.responses.create(model=MODEL, input="Hello", instructions="Be brief.", metadata={"a": "b"})

    assert (answer.output_text, answer.status, answer.metadata) == ("Hi", "completed", {"a": "b"})
    assert answer.usage is not None
    assert answer.usage.total_tokens == 15


@pytest.mark.parametrize("streams", [False, True])
def test_a_tool_round_trip_with_reasoning(api: Api, client: openai.OpenAI, streams: bool) -> None:
    """The output is sent back as the client has it."""
    api.base_serves()
    blocks = ({"text": "Wait."}, USE, SECOND)
    sent: list[dict[str, Any]] = []
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: sent.append(params)
    )
    question: Any = {"role": "user", "content": "Weather?"}
    if streams:
        events = converse_events({"text": "-"}, {"text": "-"}, *blocks, reason="tool_use")[7:]
        api.clients.streams.append([*reasoning_events(0, SIGNED), *reasoning_events(1, REDACTED), *events])
        with client.responses.stream(model=MODEL, input=[question], tools=[TOOL]) as stream:
            first: Any = stream.get_final_response()
    else:
        api.runtime.add_response("converse", converse_response(SIGNED, REDACTED, *blocks, reason="tool_use"))
        first = client.responses.create(model=MODEL, input=[question], tools=[TOOL])
    outputs: list[Any] = [
        {"type": "function_call_output", "call_id": item.call_id, "output": "rain"}
        for item in first.output
        if item.type == "function_call"
    ]
    api.runtime.add_response("converse", converse_response({"text": "Rain."}))

    second = client.responses.create(model=MODEL, input=[question, *first.output, *outputs], tools=[TOOL])

    assert (first.output_text, second.output_text, len(outputs)) == ("Wait.", "Rain.", 2)
    assert sent[-1]["messages"][1]["content"] == [SIGNED, REDACTED, *blocks]


def test_an_image(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    pixel = base64.b64encode(b"\x89PNG bytes").decode()
    blocks = [{"text": "What?"}, {"image": {"format": "png", "source": {"bytes": b"\x89PNG bytes"}}}]
    expected = {"modelId": "amazon.nova-micro-v1:0", "messages": [{"role": "user", "content": blocks}]}
    api.runtime.add_response("converse", converse_response({"text": "A pixel."}), expected)

    answer = client.responses.create(
        model=MODEL,
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What?"},
                    {"type": "input_image", "image_url": f"data:image/png;base64,{pixel}", "detail": "auto"},
                ],
            }
        ],
    )

    assert answer.output_text == "A pixel."


def test_structured_output(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    use = {"toolUse": {"toolUseId": "t1", "name": "answer_as_json", "input": {"city": "Basel"}}}
    api.runtime.add_response("converse", converse_response(use, reason="tool_use"))
    api.clients.streams.append(converse_events({"text": "Let me see."}, use, reason="tool_use"))

    parsed = client.responses.parse(model=MODEL, input="Where?", text_format=Place)
    with client.responses.stream(model=MODEL, input="Where?", text_format=Place) as stream:
        streamed = stream.get_final_response()

    assert (parsed.output_parsed, streamed.output_parsed) == (Place(city="Basel"), Place(city="Basel"))


def test_what_the_client_accumulates_is_the_final_response(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    start, *events = converse_events({"text": "Hello, you"}, USE, SECOND, reason="tool_use")
    api.clients.streams.append([start, SILENCE, *events])
    text, calls, whole = "", {}, None

    with client.responses.stream(model=MODEL, input="Hello", tools=[TOOL]) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                text = event.snapshot
            elif event.type == "response.function_call_arguments.delta":
                calls[event.output_index] = event.snapshot
            elif event.type == "response.completed":
                whole = event.response
        final = stream.get_final_response()

    assert whole == final
    assert text == final.output_text == "Hello, you"
    found = {index: item for index, item in enumerate(final.output) if item.type == "function_call"}
    assert {index: item.arguments for index, item in found.items()} == calls
    assert [item.parsed_arguments for item in found.values()] == [{"city": "Basel"}] * 2


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", openai.RateLimitError),
        ("AccessDeniedException", openai.PermissionDeniedError),
        ("ValidationException", openai.BadRequestError),
    ],
)
def test_errors_become_the_clients_exceptions(
    api: Api, client: openai.OpenAI, code: str, expected: type[openai.APIStatusError]
) -> None:
    api.base_serves()
    for _ in range(MAX_ATTEMPTS if code == "ThrottlingException" else 1):
        api.runtime.add_client_error("converse", code)

    with pytest.raises(expected):
        client.responses.create(model=MODEL, input="Hello")


def test_a_stream_that_breaks_off_is_an_exception(api: Api, client: openai.OpenAI) -> None:
    api.base_serves()
    api.clients.streams.append(converse_events({"text": "Hi"})[:-2])
    kinds: list[str] = []
    events = client.responses.create(model=MODEL, input="Hello", stream=True)

    with pytest.raises(openai.APIError, match="broke off"):
        kinds.extend(event.type for event in events)

    assert kinds[-1] == "response.failed"
    api.clients.streams.append(converse_events({"text": "Hi"})[:-2])
    with (
        client.responses.stream(model=MODEL, input="Hello") as stream,
        pytest.raises(openai.APIError, match="broke off"),
    ):
        stream.get_final_response()


def test_no_response_can_be_read_again(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="keeps none"):
        client.responses.retrieve("resp_1")
    with pytest.raises(openai.BadRequestError, match="whole conversation"):
        client.responses.create(model=MODEL, input="Hello", previous_response_id="resp_1")
