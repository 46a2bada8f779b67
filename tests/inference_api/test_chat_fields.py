"""Nested fields of a chat completion request: each is honoured, accepted because it changes nothing, or refused."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from inference_api.media import complete_documents, document_block
from tests.inference_api.chat_requests import PATH, PIXEL, TOOL, USER, body, image
from tests.inference_api.conftest import Api, converse_response

CALL: dict[str, Any] = {"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
ECHO: dict[str, Any] = {
    "function_call": None,
    "audio": None,
    "annotations": [],
    "refusal": None,
    "reasoning_content": "I think",
}


def part(**fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [fields]}]}


def assistant(**fields: Any) -> dict[str, Any]:
    return {"messages": [USER, {"role": "assistant", "content": "x", **fields}]}


def tool(function: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"tools": [{**TOOL, "function": TOOL["function"] | function, **fields}]}


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"messages": [{**USER, "tone": "x"}]}, "messages[0].tone"),
    ({"messages": [{**USER, "tool_calls": []}]}, "messages[0].tool_calls"),
    ({"messages": [{**USER, "name": "Ada"}, {**USER, "name": "Bob"}]}, "messages[1].name"),
    (part(type="text", text="x", tone="y"), "messages[0].content[0].tone"),
    (part(type="input_audio", input_audio={}), "messages[0].content[0].type"),
    (part(type="image_url", image_url={"url": "x", "size": 1}), "messages[0].content[0].image_url.size"),
    (part(type="image_url", image_url={"url": "x", "detail": "low"}), "messages[0].content[0].image_url.detail"),
    (part(**image("data:image/png;base64,")), "messages[0].content[0].image_url.url"),
    (part(**image("data:image/png;base64,aGVsbG8=")), "messages[0].content[0].image_url.url"),
    (part(**image("s3://bucket/a.png")), "messages[0].content[0].image_url.url"),
    (part(type="file", file={"file_id": "x"}), "messages[0].content[0].file"),
    (part(type="file", file={"file_data": "data:application/zip;base64,aGk="}), "messages[0].content[0].file"),
    (assistant(function_call={"name": "x"}), "messages[1].function_call"),
    (assistant(audio={"id": "x"}), "messages[1].audio"),
    (assistant(tool_calls=[{**CALL, "custom": {}}]), "messages[1].tool_calls[0].custom"),
    (
        assistant(tool_calls=[{**CALL, "function": {**CALL["function"], "x": 1}}]),
        "messages[1].tool_calls[0].function.x",
    ),
    (assistant(tool_calls=[{**CALL, "id": ""}]), "messages[1].tool_calls[0].id"),
    (tool({}, custom={}), "tools[0].custom"),
    (tool({"examples": []}), "tools[0].function.examples"),
    (tool({"name": ""}), "tools[0].function.name"),
    (tool({"parameters": {"type": "string"}}), "tools[0].function.parameters.type"),
    (
        {**tool({}), "tool_choice": {"type": "allowed_tools", "function": {"name": "x"}, "mode": "x"}},
        "tool_choice.mode",
    ),
    (
        {**tool({}), "tool_choice": {"type": "function", "function": {"name": "weather", "x": 1}}},
        "tool_choice.function.x",
    ),
    ({"verbosity": "low"}, "verbosity"),
    ({"prediction": {}}, "prediction"),
]


@pytest.mark.parametrize(("change", "param"), FAULTS, ids=[param for _, param in FAULTS])
def test_what_is_not_honoured_is_refused_by_name(api: Api, change: dict[str, Any], param: str) -> None:
    status, answer = api.post(PATH, body(**change))

    assert (status, answer["error"]["param"]) == (400, param)
    assert api.facts.attempts == []


def sent(api: Api, **change: Any) -> dict[str, Any]:
    """What Converse gets for a request, checked against botocore's model."""
    calls: list[dict[str, Any]] = []
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "ok"}))
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: calls.append(params)
    )
    status, answer = api.post(PATH, body(**change))
    assert status == 200, answer
    return calls[0]


def test_a_clients_own_echo_of_an_answer_is_accepted(api: Api) -> None:
    call = {**CALL, "index": 0, "function": {**CALL["function"], "parsed_arguments": {}}}
    echo = {"role": "assistant", "content": None, "tool_calls": [call], "parsed": None, **ECHO}
    result = {"role": "tool", "tool_call_id": "a", "name": "weather", "content": None}
    more = [USER, {"role": "assistant", "tool_calls": [CALL]}, {**result, "name": "another"}]

    request = sent(api, messages=[USER, echo, result, *more], tools=[TOOL])

    assert [*request["messages"][1:2], {"role": "user", "content": request["messages"][2]["content"][:1]}] == [
        {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "weather", "input": {}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"text": "(empty)"}]}}]},
    ]


def test_a_refusal_stays_the_assistants_turn(api: Api) -> None:
    refused = {"role": "assistant", "content": None, "refusal": "I will not."}

    assert sent(api, messages=[USER, refused, USER])["messages"][1]["content"] == [{"text": "I will not."}]


def test_one_name_and_cache_marks_change_nothing(api: Api) -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    text = {"type": "text", "text": "Hello", **mark}
    messages = [{"role": "user", "name": "Ada", "content": [text], **mark}]

    assert sent(api, messages=messages)["messages"] == [{"role": "user", "content": [{"text": "Hello"}]}]


def test_reasoning_effort_reaches_converse(api: Api) -> None:
    assert sent(api, reasoning_effort="high")["outputConfig"] == {"effort": "high"}


def test_an_image_is_what_its_bytes_are(api: Api) -> None:
    formats = {b"\xff\xd8\xff\xe0": "jpeg", b"GIF89a" * 20: "gif", b"RIFF0000WEBPVP8 ": "webp"}
    parts = [image(f"data:image/png;base64,{encoded(start)}") for start in formats]

    blocks = sent(api, messages=[{"role": "user", "content": parts}])["messages"][0]["content"]

    assert [block["image"]["format"] for block in blocks] == list(formats.values())


def encoded(content: bytes) -> str:
    return base64.encodebytes(content).decode().rstrip("=\n")  # as `base64` prints it, or without padding


def test_an_image_in_a_tool_result(api: Api) -> None:
    called = {"role": "assistant", "content": "", "tool_calls": [CALL]}
    parts = [image(f"data:image/png;base64,{PIXEL}"), {"type": "text", "text": "a chart"}]
    messages = [USER, called, {"role": "tool", "tool_call_id": "a", "content": parts}]

    (result,) = sent(api, messages=messages, tools=[TOOL])["messages"][2]["content"]

    assert [next(iter(block)) for block in result["toolResult"]["content"]] == ["image", "text"]


def test_a_long_name_of_two_documents_has_no_two_blanks() -> None:
    """Bedrock refuses two whitespace characters in a row."""
    name = f"{'x' * 191} {'y' * 8}"
    blocks = [document_block(b"x", "text/plain", f"{name}.txt", "file") for _ in range(2)]

    complete_documents([{"content": blocks}])

    assert [block["document"]["name"] for block in blocks[:2]] == [name, f"{'x' * 191} (2)"]


def test_documents_get_a_format_a_name_of_their_own_and_a_text(api: Api) -> None:
    pdf = {"file_data": f"data:application/pdf;base64,{encoded(b'%PDF')}", "filename": "Q3: report_final.pdf"}
    notes = {"file_data": f"data:;base64,{encoded(b'hi')}", "filename": "notes.md"}
    parts = [{"type": "file", "file": file} for file in (pdf, pdf, notes)]

    blocks = sent(api, messages=[{"role": "user", "content": parts}])["messages"][0]["content"]

    documents = [(block["document"]["format"], block["document"]["name"]) for block in blocks[:3]]
    assert documents == [("pdf", "Q3 report final"), ("pdf", "Q3 report final (2)"), ("md", "notes")]
    assert blocks[3] == {"text": "(see the document)"}
    assert blocks[0]["document"]["source"] == {"bytes": b"%PDF"}


def test_a_conversation_that_the_assistant_begins(api: Api) -> None:
    messages = sent(api, messages=[{"role": "assistant", "content": "How can I help?"}, USER])["messages"]

    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"] == [{"text": "How can I help?"}]


@pytest.mark.parametrize("identifier", ["call_1|fc_2", "c" * 65, "é", "a.b:c"])
def test_an_id_is_rewritten_in_the_call_as_in_the_result(api: Api, identifier: str) -> None:
    call = {"id": identifier, "function": {"name": "weather", "arguments": " "}}
    turns = [{"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": identifier, "content": "x"}]

    messages = sent(api, messages=[USER, *turns], tools=[TOOL])["messages"]

    use, result = messages[1]["content"][0]["toolUse"], messages[2]["content"][0]["toolResult"]
    assert use["toolUseId"] == result["toolUseId"] != identifier
    assert len(use["toolUseId"]) <= 64
    assert use["input"] == {}


def test_a_schema_without_type_is_that_of_an_object(api: Api) -> None:
    request = sent(api, **tool({"parameters": {"properties": {"city": {"type": "string"}}}}))

    (offered,) = request["toolConfig"]["tools"]
    expected = {"type": "object", "properties": {"city": {"type": "string"}}}
    assert offered["toolSpec"]["inputSchema"]["json"] == expected


def test_a_tools_name_is_rewritten_for_bedrock_and_back_for_the_caller(api: Api) -> None:
    names = ["mcp.search", "mcp_search", "mcp:search"]
    tools = [{"type": "function", "function": {"name": name}} for name in names]
    choice = {"type": "function", "function": {"name": "mcp.search"}}

    config = sent(api, tools=tools, tool_choice=choice)["toolConfig"]
    offered = [item["toolSpec"]["name"] for item in config["tools"]]
    api.runtime.add_response(
        "converse",
        converse_response({"toolUse": {"toolUseId": "t", "name": offered[0], "input": {}}}, reason="tool_use"),
    )
    _, answer = api.post(PATH, body(tools=tools, tool_choice=choice))

    assert len(set(offered)) == 3
    assert offered[1] == "mcp_search"
    assert config["toolChoice"] == {"tool": {"name": offered[0]}}
    assert answer["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "mcp.search"


def test_a_model_that_takes_one_of_temperature_and_top_p_refuses_by_name(api: Api) -> None:
    said = "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model."
    api.base_serves()
    api.runtime.add_client_error("converse", "ValidationException", said, http_status_code=400)

    status, answer = api.post(PATH, body(temperature=0.5, top_p=0.9))

    assert (status, answer["error"]["param"]) == (400, "top_p")
    assert "cannot both" in answer["error"]["message"]


@pytest.mark.parametrize(
    "choice", [2.5, 0, "", [], {}, "sometimes", "required", {"type": "function", "function": {"name": "f"}}]
)
def test_a_tool_choice_is_checked_without_tools_too(api: Api, choice: object) -> None:
    status, answer = api.post(PATH, body(tool_choice=choice))

    assert (status, answer["error"]["param"]) == (400, "tool_choice")


@pytest.mark.parametrize(("name", "value"), [("top_logprobs", False), ("n", True), ("logprobs", 0)])
def test_true_and_false_are_no_numbers(api: Api, name: str, value: object) -> None:
    status, answer = api.post(PATH, body(**{name: value}))

    assert (status, answer["error"]["param"]) == (400, name)
