"""Bodies of Converse are passed on as they came or refused by name; a stream that is closed ends."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_api.aws.client import Event
from inference_api.bedrock_converse.endpoint import frames
from inference_api.bedrock_converse.request import turn_of
from inference_api.errors import ApiError
from tests.inference_api.conftest import Api, converse_events, converse_response

HELLO: list[Any] = [{"role": "user", "content": [{"text": "Hello"}]}]
IN_A_BUCKET = {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/k"}}}}
RESULT = {"toolResult": {"toolUseId": "t1", "content": [{"text": "a"}, IN_A_BUCKET]}}


def test_bytes_pass_as_they_came(api: Api) -> None:
    api.base_serves()
    calls: list[Any] = []
    api.clients.converse = lambda *call, read_seconds: calls.append(call) or converse_response()  # type: ignore
    block = {"image": {"format": "png", "source": {"bytes": "aGVsbG8="}}}

    status, _ = api.post("/model/support-bot/converse", {"messages": [{"role": "user", "content": [block]}]})

    assert (status, calls[0][1]["messages"][0]["content"]) == (200, [block])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"guardrailConfig": {"guardrailIdentifier": "a", "guardrailVersion": "1"}}, "guardrailConfig"),
        ({"promptVariables": {"a": {"text": "b"}}}, "promptVariables"),
        ({"messages": []}, "messages"),
        ({"messages": {}}, "messages"),
        ({"messages": [{"role": "user", "content": 1}]}, "messages[0].content"),
        ({"messages": [*HELLO, {"content": [IN_A_BUCKET]}]}, "messages[1].content[0].image.source.s3Location"),
        ({"messages": [{"content": [RESULT]}]}, "messages[0].content[0].toolResult.content[1].image.source.s3Location"),
        ({"toolConfig": {"tools": [{"systemTool": {"name": "nova_grounding"}}]}}, "toolConfig.tools[0].systemTool"),
        ({"guardrails": {}}, "guardrails"),
        ({"modelId": "support-bot"}, "modelId"),
    ],
)
def test_what_the_api_cannot_pass_on_is_refused_by_name(api: Api, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ApiError) as refused:
        turn_of("support-bot", {"messages": HELLO, **fields})

    assert refused.value.param == named
    assert refused.value.message.startswith(named)
    status, answer = api.post("/model/support-bot/converse", {"messages": HELLO, **fields})
    assert (status, answer) == (400, {"message": refused.value.message})


NAMES = st.sampled_from(["messages", "content", "toolResult", "image", "source", "s3Location", "toolConfig", "tools"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
)


@given(body=st.dictionaries(NAMES, VALUES, max_size=3))
def test_any_body_is_passed_on_whole_or_refused(body: Any) -> None:
    request = _passed_on(body)

    assert request in (None, {name: value for name, value in body.items() if value is not None})


def _passed_on(body: Any) -> Any:
    try:
        return turn_of("support-bot", body).request
    except ApiError as error:
        return None if error.status == 400 and re.match("[a-z]", error.message) else error


def test_closing_the_frames_ends_the_call_of_bedrock() -> None:
    closed = []

    def events() -> Generator[Event, None, None]:
        try:
            yield from converse_events({"text": "Hello"})
        finally:
            closed.append(True)

    source = events()
    sent = frames(source)
    next(sent)
    sent.close()

    assert closed
