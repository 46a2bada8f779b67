"""The fields of a request to /v1/messages: each is honoured, ignored because it changes nothing, or refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.inference_api.anthropic_requests import (
    IMAGE,
    MISTRAL,
    NOVA,
    PDF,
    RESULT,
    SONNET,
    TOOL,
    USE,
    USER,
    post,
    sent,
    serve,
    source,
    text,
    user,
)
from tests.inference_api.conftest import Api, converse_response


def test_the_fields_of_inference(api: Api) -> None:
    request = sent(api, temperature=0.5, top_p=0.9, stop_sequences=["a", "b"], metadata={"user_id": "x"}, speed=None)

    expected = {"maxTokens": 100, "temperature": 0.5, "topP": 0.9, "stopSequences": ["a", "b"]}
    assert request["inferenceConfig"] == expected
    assert request["additionalModelResponseFieldPaths"] == ["/stop_sequence"]


def test_content_blocks(api: Api) -> None:
    document = source("document", type="base64", media_type="application/pdf", data=PDF)
    plain = source("document", type="text", media_type="text/plain", data="notes")
    pieces = source("document", type="content", content=[text(), text(text="y")])
    question = user(text(), text(text=" "), IMAGE, {**document, "title": "Q3: report", "context": "old"}, plain, pieces)

    blocks = sent(api, system=[text(), text(text="y")], **question)["messages"][0]["content"]

    assert [next(iter(block)) for block in blocks] == ["text", "image", "document", "document", "document"]
    documents = [block["document"] for block in blocks[2:]]
    assert [(item["format"], item["name"]) for item in documents] == [
        ("pdf", "Q3 report"),
        ("txt", "document"),
        ("txt", "document (2)"),
    ]
    assert documents[0]["context"] == "old"
    assert documents[2]["source"] == {"bytes": b"x\n\ny"}


def test_tool_results(api: Api) -> None:
    results = [{**RESULT, "content": "rain", "is_error": True}, {**RESULT, "content": [text(), IMAGE]}, RESULT]
    messages = [USER, *({"role": role, "content": [block]} for block in results for role in ("user",))]
    called = {"role": "assistant", "content": [USE]}

    request = sent(api, messages=[USER, called, *messages[1:]], tools=[TOOL])

    blocks = [block["toolResult"] for block in request["messages"][2]["content"]]
    assert [block.get("status") for block in blocks] == ["error", None, None]
    assert [[next(iter(part)) for part in block["content"]] for block in blocks] == [
        ["text"],
        ["text", "image"],
        ["text"],
    ]
    assert blocks[2]["content"] == [{"text": "(empty)"}]


def test_thinking_goes_back_with_its_signature_only(api: Api) -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    blocks = [{**thought, "signature": ""}, thought, {"type": "redacted_thinking", "data": PDF}, text(citations=None)]

    content = sent(api, messages=[USER, {"role": "assistant", "content": blocks}, USER])["messages"][1]["content"]

    assert content == [
        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
        {"reasoningContent": {"redactedContent": b"%PDF"}},
        {"text": "x"},
    ]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, None),
        ({"type": "auto"}, {"auto": {}}),
        ({"type": "any", "disable_parallel_tool_use": True}, {"any": {}}),
        ({"type": "tool", "name": "weather"}, {"tool": {"name": "weather"}}),
    ],
)
def test_tools(api: Api, choice: Any, expected: Any) -> None:
    offered = {**TOOL, "description": "d", "strict": True, "eager_input_streaming": True, "defer_loading": False}

    config = sent(api, tools=[offered], tool_choice=choice)["toolConfig"]

    schema = {"name": "weather", "inputSchema": {"json": {"type": "object"}}, "strict": True, "description": "d"}
    assert config == {"tools": [{"toolSpec": schema}], **({"toolChoice": expected} if expected else {})}


def test_no_tool_shall_be_called(api: Api) -> None:
    assert "toolConfig" not in sent(api, tools=[TOOL], tool_choice={"type": "none"})


def test_one_tool_call(api: Api) -> None:
    use = {"toolUse": {"toolUseId": "t", "name": "weather", "input": {}}}
    api.base_serves()
    api.runtime.add_response("converse", converse_response(use, use, reason="tool_use"))

    _, answer = post(api, tools=[TOOL], tool_choice={"type": "auto", "disable_parallel_tool_use": True})

    assert [block["type"] for block in answer["content"]] == ["tool_use"]


@pytest.mark.parametrize(
    "name",
    ["output_config", "output_format", "stop_sequences", "system", "temperature", "thinking", "tool_choice", "tools"],
)
def test_null_is_as_if_left_out(api: Api, name: str) -> None:
    """Clients in languages without optional fields send it."""
    left_out: dict[str, Any] = {name: None}

    assert sent(api, **left_out) == sent(api)


def test_a_format_of_null_leaves_the_newer_one(api: Api) -> None:
    wanted = {"format": {"type": "json_schema", "schema": {"type": "object"}}}

    assert sent(api, output_format=None, output_config=wanted) == sent(api, output_config=wanted)


def test_effort_and_schema(api: Api) -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    wanted = {"effort": "high", "format": {"type": "json_schema", "schema": schema}}

    config = sent(api, model=SONNET, output_config=wanted)["outputConfig"]

    assert config["effort"] == "high"
    assert json.loads(config["textFormat"]["structure"]["jsonSchema"]["schema"]) == schema


BUDGET = {"type": "enabled", "budget_tokens": 2000}
ADAPTIVE = {"type": "adaptive", "display": "summarized"}


@pytest.mark.parametrize(
    ("model", "wanted", "expected"),
    [
        (SONNET, {"top_k": 40, "thinking": BUDGET}, {"top_k": 40, "thinking": BUDGET}),
        (SONNET, {"thinking": ADAPTIVE}, {"thinking": ADAPTIVE}),
        (NOVA, {"top_k": 40, "thinking": ADAPTIVE}, {"inferenceConfig": {"topK": 40}}),
        (MISTRAL, {"thinking": {"type": "disabled"}}, None),
    ],
)
def test_what_is_a_field_of_some_models(api: Api, model: str, wanted: dict[str, Any], expected: Any) -> None:
    assert sent(api, model=model, **wanted).get("additionalModelRequestFields") == expected


@pytest.mark.parametrize(("model", "wanted"), [(MISTRAL, {"top_k": 40}), (NOVA, {"thinking": BUDGET})])
def test_what_is_no_field_of_the_model_is_refused(api: Api, model: str, wanted: dict[str, Any]) -> None:
    serve(api, model)

    status, answer = post(api, **wanted)

    assert (status, answer["error"]["param"]) == (400, next(iter(wanted)))


def test_betas_that_change_an_answer_reach_claude(api: Api) -> None:
    named = {"anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14, files-api-2025-04-14"}

    request = sent(api, model=SONNET, headers=named)

    assert request["additionalModelRequestFields"] == {"anthropic_beta": ["interleaved-thinking-2025-05-14"]}
