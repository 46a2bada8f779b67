"""The fields of a request to /v1/messages: each is honoured, ignored because it changes nothing, or refused by name."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.inference_api.conftest import Api, converse_response
from tests.inference_api.test_chat_completions import PIXEL

PATH = "/v1/messages"
USER: dict[str, Any] = {"role": "user", "content": "Hello"}
TOOL: dict[str, Any] = {"name": "weather", "input_schema": {"type": "object"}}
USE: dict[str, Any] = {"type": "tool_use", "id": "a", "name": "weather", "input": {}}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "a"}
CALLED = [USER, {"role": "assistant", "content": [USE]}, {"role": "user", "content": [RESULT]}]
MARK = {"cache_control": {"type": "ephemeral"}}
POINT = {"cachePoint": {"type": "default"}}
SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
MISTRAL = "mistral.mistral-large-2402-v1:0"
NOVA = "amazon.nova-micro-v1:0"
PDF = base64.b64encode(b"%PDF").decode()


def body(**change: Any) -> dict[str, Any]:
    return {"model": "support-bot", "max_tokens": 100, "messages": [USER], **change}


def user(*blocks: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(blocks)}]}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"messages": [USER, {"role": "assistant", "content": list(blocks)}]}


def source(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "source": fields}


def text(**fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": "x", **fields}


def tool(**fields: Any) -> dict[str, Any]:
    return {"tools": [{**TOOL, **fields}]}


IMAGE = source("image", type="base64", media_type="image/png", data=PIXEL)
BLOCK = "messages[0].content[0]"
REFUSED: list[tuple[dict[str, Any], str]] = [
    *(
        ({name: {"x": 1}}, name)
        for name in ("container", "mcp_servers", "context_management", "inference_geo", "diagnostics", "betas")
    ),
    ({"speed": "fast"}, "speed"),
    ({"service_tier": "priority"}, "service_tier"),
    ({"max_tokens": None}, "max_tokens"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"model": None}, "model"),
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "system", "content": "x"}]}, "messages[0].role"),
    ({"messages": [{**USER, "name": "x"}]}, "messages[0].name"),
    ({"messages": [{"role": "user"}]}, "messages[0].content"),
    ({"system": [IMAGE]}, "system[0].type"),
    ({"temperature": 1.5}, "temperature"),
    ({"top_p": 2}, "top_p"),
    ({"top_k": -1}, "top_k"),
    ({"top_k": 0.5}, "top_k"),
    ({"stop_sequences": [""]}, "stop_sequences"),
    ({"stop_sequences": "x"}, "stop_sequences"),
    ({"stream": "yes"}, "stream"),
    ({"thinking": {"type": "deep"}}, "thinking.type"),
    ({"thinking": {"type": "enabled"}}, "thinking.budget_tokens"),
    ({"thinking": {"type": "enabled", "budget_tokens": 10}}, "thinking.budget_tokens"),
    ({"thinking": {"type": "adaptive", "budget_tokens": 2000}}, "thinking.budget_tokens"),
    ({"thinking": {"type": "adaptive", "display": "all"}}, "thinking.display"),
    ({"output_config": {"effort": "minimal"}}, "output_config.effort"),
    ({"output_config": {"task_budget": {}}}, "output_config.task_budget"),
    ({"output_config": {"format": {"type": "text"}}}, "output_config.format"),
    ({"output_config": {"format": {"type": "json_schema"}}}, "output_config.format.schema"),
    ({"output_format": {"type": "json_schema", "schema": {"type": "array"}}}, "output_format.schema.type"),
    ({"cache_control": {"type": "forever"}}, "cache_control"),
    ({"cache_control": {"type": "ephemeral", "ttl": "2h"}}, "cache_control.ttl"),
    ({"cache_control": {"type": "ephemeral", "mode": "x"}}, "cache_control.mode"),
    (user(text(tone="y")), f"{BLOCK}.tone"),
    (user(text(citations=[{}])), f"{BLOCK}.citations"),
    (user({"type": "text"}), f"{BLOCK}.text"),
    (user({"type": "container_upload", "file_id": "x"}), f"{BLOCK}.type"),
    (user(USE), f"{BLOCK}.type"),
    (user(source("image", type="url", url="https://example.com/a.png")), f"{BLOCK}.source.type"),
    (user(source("image", type="file", file_id="x")), f"{BLOCK}.source.type"),
    (user(source("image", type="base64", media_type="image/png", data="aGVsbG8=")), f"{BLOCK}.source.data"),
    (user({"type": "image"}), f"{BLOCK}.source"),
    (user({**IMAGE, "transformations": []}), f"{BLOCK}.transformations"),
    (user(source("document", type="url", url="https://example.com/a.pdf")), f"{BLOCK}.source.type"),
    (user(source("document", type="base64", media_type="application/zip", data=PDF)), f"{BLOCK}.source"),
    (user(source("document", type="content", content=[IMAGE])), f"{BLOCK}.source.content[0].type"),
    (user(source("document", type="content", content=" ")), f"{BLOCK}.source.content"),
    (user({**source("document", type="text", data="x"), "citations": {"enabled": True}}), f"{BLOCK}.citations.enabled"),
    (assistant(IMAGE), "messages[1].content[0].type"),
    (assistant({**USE, "input": "{}"}), "messages[1].content[0].input"),
    (assistant({**USE, "caller": {"type": "code_execution"}}), "messages[1].content[0].caller"),
    (assistant({"type": "server_tool_use"}), "messages[1].content[0].type"),
    (assistant({"type": "thinking", "thinking": "x"}), "messages[1].content[0].signature"),
    (
        assistant({"type": "thinking", "thinking": "x", "signature": "s", **MARK}),
        "messages[1].content[0].cache_control",
    ),
    (assistant({"type": "redacted_thinking", "data": "%"}), "messages[1].content[0].data"),
    (tool(type="web_search_20250305"), "tools[0].type"),
    (tool(defer_loading=True), "tools[0].defer_loading"),
    (tool(allowed_callers=["code_execution_20260120"]), "tools[0].allowed_callers"),
    (tool(input_examples=[{}]), "tools[0].input_examples"),
    (tool(input_schema={"type": "string"}), "tools[0].input_schema.type"),
    (tool(name=""), "tools[0].name"),
    ({**tool(), "tool_choice": {"type": "required"}}, "tool_choice.type"),
    ({**tool(), "tool_choice": {"type": "any", "name": "weather"}}, "tool_choice.name"),
    ({**tool(), "tool_choice": {"type": "tool"}}, "tool_choice.name"),
    ({"messages": CALLED}, "tools"),
    ({**tool(), "messages": CALLED, "tool_choice": {"type": "none"}}, "tool_choice"),
]


@pytest.mark.parametrize(("change", "param"), REFUSED, ids=[param for _, param in REFUSED])
def test_what_is_not_honoured_is_refused_by_name(api: Api, change: dict[str, Any], param: str) -> None:
    status, answer = api.post(PATH, body(**change))

    assert (status, answer["error"]["param"]) == (400, param)
    assert answer["type"] == "error"
    assert answer["error"]["type"] == "invalid_request_error"
    assert param in answer["error"]["message"]
    assert api.facts.attempts == []


def sent(api: Api, *, model: str = NOVA, headers: Mapping[str, str] | None = None, **change: Any) -> dict[str, Any]:
    """What Converse gets for a request, checked against botocore's model."""
    calls: list[dict[str, Any]] = []
    serve(api, model)
    api.runtime.add_response("converse", converse_response({"text": "ok"}))
    record(api, calls)
    status, answer = post(api, headers, **change)
    assert status == 200, answer
    return calls[0]


def serve(api: Api, model: str) -> None:
    """Put the model behind the alias support-bot."""
    alias = api.settings.aliases["support-bot"]
    changed = {**api.settings.aliases, "support-bot": alias._replace(base=alias.base._replace(id=model))}
    api.settings = api.settings._replace(aliases=changed)
    api.configure(["on-demand", "base"])
    api.base_serves()


def record(api: Api, calls: list[dict[str, Any]]) -> None:
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: calls.append(params)
    )


def post(api: Api, headers: Mapping[str, str] | None = None, **change: Any) -> tuple[int, dict[str, Any]]:
    request = Request("POST", PATH, json.dumps(body(**change)).encode(), headers or {})
    answer, api.facts = respond(request, api.service)
    return answer.status, json.loads(b"".join(answer.body))


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


MARKED: dict[str, Any] = {
    "system": [text(**MARK)],
    "tools": [{**TOOL, **MARK}],
    "messages": [
        USER,
        {"role": "assistant", "content": [{**USE, **MARK}]},
        {"role": "user", "content": [{**RESULT, "content": [text(**MARK)]}]},
    ],
}


def points(request: Mapping[str, Any]) -> list[str]:
    places = {"system": request["system"], "tools": request["toolConfig"]["tools"]}
    places |= {f"{index}": message["content"] for index, message in enumerate(request["messages"])}
    return [name for name, blocks in places.items() if POINT in blocks]


@pytest.mark.parametrize(
    ("model", "expected"),
    [(SONNET, ["system", "tools", "1", "2"]), (NOVA, ["system", "1", "2"]), (MISTRAL, [])],
)
def test_cache_marks_are_cache_points_where_the_model_takes_them(api: Api, model: str, expected: list[str]) -> None:
    assert points(sent(api, model=model, **MARKED)) == expected


def test_cache_marks_stand_beside_the_tool_that_answers(api: Api) -> None:
    wanted = {"type": "json_schema", "schema": {"type": "object"}}

    tools = sent(api, model=SONNET, output_format=wanted, **MARKED)["toolConfig"]["tools"]

    assert [next(iter(tool)) for tool in tools] == ["toolSpec", "cachePoint", "toolSpec"]


def test_a_cache_mark_for_the_whole_request(api: Api) -> None:
    mark = {"type": "ephemeral", "ttl": "1h"}

    content = sent(api, model=SONNET, cache_control=mark)["messages"][0]["content"]

    assert content == [{"text": "Hello"}, {"cachePoint": {"type": "default", "ttl": "1h"}}]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("AccessDeniedException", "You invoked an unsupported model or your request did not allow prompt caching"),
        ("ValidationException", "#/messages/2/content/0: extraneous key [cachePoint] is not permitted"),
    ],
)
def test_a_model_that_refuses_cache_points_answers_without_them(api: Api, code: str, says: str) -> None:
    calls: list[dict[str, Any]] = []
    serve(api, NOVA)
    record(api, calls)
    api.runtime.add_client_error("converse", code, says)
    api.runtime.add_response("converse", converse_response({"text": "ok"}))

    status, _ = post(api, **MARKED)

    assert (status, [points(call) for call in calls]) == (200, [["system", "1", "2"], []])
