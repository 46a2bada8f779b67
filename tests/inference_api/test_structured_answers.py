"""response_format: through outputConfig where the model has it, else through a tool that callers do not see."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest

from inference_api.aws.client import Event
from inference_api.schema_subset import in_subset
from inference_api.structured_answers import ThroughTool
from kit_contract.inference_api import Model
from tests.inference_api.chat_requests import PATH, TOOL, USER, body
from tests.inference_api.conftest import Api, converse_events, converse_response

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}}
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ANSWER = {"toolUse": {"toolUseId": "t1", "name": "answer_as_json", "input": {"city": "Zürich"}}}
WEATHER = {"toolUse": {"toolUseId": "t2", "name": "weather", "input": {}}}
THINKING = {"text": "<thinking>Which city?</thinking>"}


def tools_sent(api: Api, response: dict[str, Any], **change: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """(toolConfig of the request, the answer's choice)"""
    calls: list[dict[str, Any]] = []
    api.base_serves()
    api.runtime.add_response("converse", response)
    api.clients.runtime.meta.events.register_first(
        "provide-client-params.bedrock-runtime.Converse", lambda params, **_: calls.append(params)
    )
    status, answer = api.post(PATH, body(**{"response_format": FORMAT, **change}))
    assert status == 200, answer
    assert "outputConfig" not in calls[0]
    return calls[0]["toolConfig"], answer["choices"][0]


def test_the_input_of_the_forced_tool_is_the_answer(api: Api) -> None:
    config, choice = tools_sent(api, converse_response(THINKING, ANSWER, reason="tool_use"))

    (tool,) = config["tools"]
    assert config["toolChoice"] == {"any": {}}
    assert tool["toolSpec"]["inputSchema"]["json"] == SCHEMA
    assert choice["message"] == {"role": "assistant", "content": '{"city": "Zürich"}', "refusal": None}
    assert choice["finish_reason"] == "stop"


def test_json_object_takes_any_object(api: Api) -> None:
    config, choice = tools_sent(
        api, converse_response(ANSWER, reason="tool_use"), response_format={"type": "json_object"}
    )

    assert config["tools"][0]["toolSpec"]["inputSchema"]["json"] == {"type": "object"}
    assert json.loads(choice["message"]["content"]) == {"city": "Zürich"}


def test_an_answer_that_was_cut_or_stopped_says_so(api: Api) -> None:
    assert tools_sent(api, converse_response(ANSWER, reason="max_tokens"))[1]["finish_reason"] == "length"

    api.runtime.add_response("converse", converse_response({"text": "No."}, reason="guardrail_intervened"))
    (choice,) = api.post(PATH, body(response_format=FORMAT))[1]["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("No.", "content_filter")


def test_the_model_answers_or_calls_one_of_the_callers_tools(api: Api) -> None:
    config, choice = tools_sent(api, converse_response(THINKING, WEATHER, reason="tool_use"), tools=[TOOL])

    assert [tool["toolSpec"]["name"] for tool in config["tools"]] == ["weather", "answer_as_json"]
    assert config["toolChoice"] == {"any": {}}
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None  # a client would take it for JSON


def test_a_caller_may_have_a_tool_of_that_name(api: Api) -> None:
    own = {"type": "function", "function": {"name": "answer_as_json"}}

    config, choice = tools_sent(api, converse_response(ANSWER, reason="tool_use"), tools=[own])

    assert config["tools"][1]["toolSpec"]["name"] == "answer_as_json_"
    assert choice["finish_reason"] == "tool_calls"


def test_a_demanded_tool_leaves_no_room_for_an_answer(api: Api) -> None:
    config, choice = tools_sent(
        api, converse_response(THINKING, WEATHER, reason="tool_use"), tools=[TOOL], tool_choice="required"
    )

    assert [tool["toolSpec"]["name"] for tool in config["tools"]] == ["weather"]
    assert choice["message"]["content"] is None


def streamed(api: Api, *blocks: dict[str, Any], reason: str = "tool_use", **change: Any) -> list[dict[str, Any]]:
    api.base_serves()
    api.clients.streams.append(converse_events(*blocks, reason=reason))
    request = body(stream=True, response_format=FORMAT, **change)
    _, _, content = api.raw("POST", PATH, json.dumps(request).encode())
    events = [json.loads(event[6:]) for event in content.decode().split("\n\n") if event.startswith("data: {")]
    return [event["choices"][0] for event in events]


def test_a_stream_sends_the_tools_input_as_content(api: Api) -> None:
    choices = streamed(api, THINKING, ANSWER)

    assert "".join(choice["delta"].get("content", "") for choice in choices) == json.dumps(ANSWER["toolUse"]["input"])
    assert not any("tool_calls" in choice["delta"] for choice in choices)
    assert choices[-1]["finish_reason"] == "stop"


def test_a_stream_of_a_callers_tool_call_has_no_content(api: Api) -> None:
    choices = streamed(api, THINKING, WEATHER, tools=[TOOL])

    assert not any(choice["delta"].get("content") for choice in choices)
    assert choices[-1]["finish_reason"] == "tool_calls"


def test_a_stream_without_a_call_keeps_its_text(api: Api) -> None:
    choices = streamed(api, {"text": "No."}, reason="guardrail_intervened")

    assert "".join(choice["delta"].get("content", "") for choice in choices) == "No."


def test_a_streamed_answer_without_parts_is_an_empty_object(api: Api) -> None:
    api.base_serves()
    events = [event for event in converse_events(ANSWER, reason="tool_use") if event.name != "contentBlockDelta"]
    api.clients.streams.append(events)

    _, _, content = api.raw("POST", PATH, json.dumps(body(stream=True, response_format=FORMAT)).encode())

    assert b'"delta": {"content": "{}"}' in content


def test_closing_the_events_ends_the_call() -> None:
    ended = []

    def upstream() -> Generator[Event, None, None]:
        try:
            yield from converse_events(ANSWER)
        finally:
            ended.append(True)

    source = upstream()
    events = ThroughTool({}, "answer_as_json").events(source)
    next(events)
    events.close()

    assert ended


def claude(api: Api) -> None:
    aliases = {name: alias._replace(base=Model(CLAUDE, CLAUDE)) for name, alias in api.settings.aliases.items()}
    api.settings = api.settings._replace(aliases=aliases)
    api.configure(["on-demand", "base"])
    api.base_serves()


USAGE = {"additionalModelResponseFieldPaths": ["/usage"]}


def native_request(**more: Any) -> dict[str, Any]:
    schema = {"jsonSchema": {"schema": json.dumps(SCHEMA), "name": "place"}}
    return {
        "modelId": CLAUDE,
        "messages": [{"role": "user", "content": [{"text": USER["content"]}]}],
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": schema}, **more},
    }


def test_a_model_with_structured_output_gets_the_schema(api: Api) -> None:
    claude(api)
    api.runtime.add_response("converse", converse_response({"text": "{}"}), native_request(effort="low") | USAGE)

    _, answer = api.post(PATH, body(response_format=FORMAT, reasoning_effort="low"))

    assert answer["choices"][0]["message"]["content"] == "{}"


def test_a_schema_outside_its_subset_goes_through_the_tool(api: Api) -> None:
    claude(api)
    api.runtime.add_response("converse", converse_response(ANSWER, reason="tool_use"))

    status, answer = api.post(PATH, body(response_format={"type": "json_object"}))

    assert (status, answer["choices"][0]["message"]["content"]) == (200, '{"city": "Zürich"}')


def test_a_model_that_refuses_the_format_is_asked_through_the_tool(api: Api) -> None:
    claude(api)
    said = "The model returned the following errors: output_config.format: Extra inputs are not permitted"
    api.runtime.add_client_error("converse", "ValidationException", said, http_status_code=400)
    api.runtime.add_response("converse", converse_response(ANSWER, reason="tool_use"))

    status, answer = api.post(PATH, body(response_format=FORMAT))

    assert (status, answer["choices"][0]["message"]["content"]) == (200, '{"city": "Zürich"}')
    assert answer["served_by"]["attempts"] == 1


def test_another_refusal_is_the_callers(api: Api) -> None:
    claude(api)
    api.runtime.add_client_error("converse", "ValidationException", "Input is too long", http_status_code=400)

    assert api.post(PATH, body(response_format=FORMAT))[0] == 400


NESTED = {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (SCHEMA, True),
        ({**NESTED, "$defs": {"n": SCHEMA}}, True),
        ({**NESTED, "$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}}}}, False),
        ({**NESTED, "$defs": {}}, False),
        ({**SCHEMA, "additionalProperties": True}, False),
        ({"type": "object"}, False),
        ({**SCHEMA, "properties": {"n": {"type": "integer", "minimum": 1}}}, False),
        ({**SCHEMA, "properties": {"n": {"type": "string", "format": "regex"}}}, False),
        ({**SCHEMA, "properties": {"n": {"type": "array", "items": {}, "minItems": 2}}}, False),
        ({**SCHEMA, "properties": []}, False),
        ({**SCHEMA, "anyOf": 3}, False),
        ({**SCHEMA, "properties": {"n": {"enum": 3, "format": [], "$ref": []}}}, False),
        ({**SCHEMA, "properties": {"n": {"type": ["object", "null"]}}}, False),
    ],
)
def test_the_subset_of_json_schema_that_bedrock_takes(schema: dict[str, Any], expected: bool) -> None:
    assert in_subset(schema) is expected


def test_a_schema_of_many_references_takes_no_time() -> None:
    pairs = {str(n): {"anyOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(15)}
    schema = {**NESTED, "$defs": {"n": {"$ref": "#/$defs/0"}, **pairs, "15": SCHEMA}}

    assert in_subset(schema)
