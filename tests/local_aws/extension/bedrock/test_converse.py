"""Converse: what Bedrock refuses, and a mock that calls tools and heeds maxTokens and stopSequences."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Call, Client
from tests.local_aws.servers import code

NOVA = "amazon.nova-micro-v1:0"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 2}},
    "required": ["city", "days"],
}
USE = {"toolUseId": "tooluse_1", "name": "forecast", "input": {"city": "Vienna", "days": 2}}
RESULT = {"toolUseId": "tooluse_1", "content": [{"text": "rain"}]}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": block} if isinstance(block, str) else block for block in blocks]}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {**user(*blocks), "role": "assistant"}


def spec(name: str = "forecast", schema: Any = None) -> dict[str, Any]:
    return {"toolSpec": {"name": name, "inputSchema": {"json": SCHEMA if schema is None else schema}}}


def tools(*specs: dict[str, Any], **choice: Any) -> dict[str, Any]:
    return {"tools": list(specs or (spec(),)), **({"toolChoice": choice} if choice else {})}


def converse(client: Client, *messages: dict[str, Any], model: str = NOVA, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client("bedrock-runtime").converse(
        modelId=model, messages=list(messages or (user("Hello"),)), **more
    )
    return answer


CALLED = (user("Rain?"), assistant({"toolUse": USE}))
REFUSED: list[tuple[str, tuple[dict[str, Any], ...], dict[str, Any], str]] = [
    ("assistant first", (assistant("Hello"), user("Hi")), {}, "A conversation must start with a user message."),
    ("same roles", (user("Hello"), user("Hi")), {}, "A conversation must alternate between user and assistant roles."),
    ("blank text", (user(" "),), {}, "The text field in the ContentBlock object at messages.0.content.0 is blank."),
    ("no content", (user(),), {}, "The content field in the Message object at messages.0 is empty."),
    (
        "no toolConfig",
        (*CALLED, user({"toolResult": RESULT})),
        {},
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    ),
    (
        "call id",
        (
            user("Rain?"),
            assistant({"toolUse": {**USE, "toolUseId": "a|b"}}),
            user({"toolResult": {**RESULT, "toolUseId": "a|b"}}),
        ),
        {"toolConfig": tools()},
        "1 validation error detected: Value 'a|b' at 'messages.2.member.content.member.toolUse.toolUseId' failed to "
        "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+",
    ),
    (
        "structured output",
        (user("Hello"),),
        {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{}"}}}}},
        "The model returned the following errors: output_config.format: Extra inputs are not permitted",
    ),
    (
        "result without a call",
        (user("Rain?"), assistant("No"), user({"toolResult": RESULT})),
        {"toolConfig": tools()},
        "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
    ),
    (
        "call without a result",
        (*CALLED, user("And?")),
        {"toolConfig": tools()},
        "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1",
    ),
    (
        "another id",
        (*CALLED, user({"toolResult": {**RESULT, "toolUseId": "tooluse_2"}})),
        {"toolConfig": tools()},
        "Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1",
    ),
    (
        "name",
        (),
        {"toolConfig": tools(spec("get weather"))},
        "1 validation error detected: Value 'get weather' at 'toolConfig.tools.1.member.toolSpec.name' failed to "
        "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ),
    ("long name", (), {"toolConfig": tools(spec("x" * 65))}, "Member must have length less than or equal to 64"),
    (
        "schema of another type",
        (),
        {"toolConfig": tools(spec(schema={"type": "string"}))},
        "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.",
    ),
    (
        "no schema",
        (),
        {"toolConfig": tools(spec(schema="{}"))},
        "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid.",
    ),
    (
        "broken schema",
        (),
        {"toolConfig": tools(spec(schema={"type": "object", "properties": {"a": {"type": "text"}}}))},
        "tools.0.custom.input_schema: JSON schema is invalid.",
    ),
    ("equal names", (), {"toolConfig": tools(spec(), spec())}, "tools: Tool names must be unique."),
    (
        "choice of an unknown tool",
        (),
        {"toolConfig": tools(tool={"name": "other"})},
        "Tool 'other' not found in provided tools",
    ),
    (
        "a model without a forced choice",
        (),
        {"toolConfig": tools(any={}), "model": "meta.llama3-3-70b-instruct-v1:0"},
        "This model doesn't support the toolConfig.toolChoice.any field.",
    ),
    ("temperature", (), {"inferenceConfig": {"temperature": 1.5}}, "Member must have value less than or equal to 1"),
]


@pytest.mark.parametrize(("name", "messages", "more", "said"), REFUSED, ids=[item[0] for item in REFUSED])
def test_what_bedrock_refuses_is_refused(
    client: Client, name: str, messages: tuple[dict[str, Any], ...], more: dict[str, Any], said: str
) -> None:
    given = {**more, "modelId": more.get("model", NOVA), "messages": list(messages or (user("Hello"),))}
    given.pop("model", None)

    for call in (client("bedrock-runtime").converse, client("bedrock-runtime").converse_stream):
        with pytest.raises(ClientError) as error:
            call(**given)
        assert code(error) == "ValidationException", name
        assert said in error.value.response["Error"]["Message"]


@pytest.mark.parametrize("choice", [{"any": {}}, {"tool": {"name": "forecast"}}], ids=["any", "tool"])
def test_a_demanded_tool_is_called_with_valid_arguments(client: Client, call: Call, choice: dict[str, Any]) -> None:
    answer = converse(client, user("Hello"), toolConfig=tools(**choice))

    (block,) = answer["output"]["message"]["content"]
    assert answer["stopReason"] == "tool_use"
    assert block["toolUse"]["name"] == "forecast"
    assert call("bedrock.schema_examples", "satisfies", SCHEMA, block["toolUse"]["input"])


def test_a_tool_is_called_in_a_stream(client: Client, call: Call) -> None:
    stream = client("bedrock-runtime").converse_stream(
        modelId=NOVA, messages=[user("Hello")], toolConfig=tools(any={})
    )["stream"]

    events = list(stream)
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    (arguments,) = [delta["toolUse"]["input"] for delta in deltas if "toolUse" in delta]
    assert call("bedrock.schema_examples", "satisfies", SCHEMA, json.loads(arguments))
    assert [event["messageStop"]["stopReason"] for event in events if "messageStop" in event] == ["tool_use"]


def test_an_agent_calls_a_tool_that_the_question_names_and_answers_after_its_result(client: Client) -> None:
    question = user("Use forecast for tomorrow")
    first = converse(client, question, toolConfig=tools())["output"]["message"]
    use = first["content"][0]["toolUse"]
    result = user({"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": "It rains."}]}})

    last = converse(client, question, first, result, toolConfig=tools())

    assert last["stopReason"] == "end_turn"
    assert last["output"]["message"]["content"][0]["text"] == f"[mock answer by {NOVA}] The tool answered: It rains."


def test_a_tool_that_nobody_asks_for_is_not_called(client: Client) -> None:
    assert converse(client, user("Hello"), toolConfig=tools(auto={}))["stopReason"] == "end_turn"


def test_a_schema_without_a_value_is_a_malformed_call(client: Client) -> None:
    impossible = {"type": "object", "properties": {"a": {"type": "string", "pattern": "(?=a)b"}}, "required": ["a"]}

    assert converse(client, toolConfig=tools(spec(schema=impossible), any={}))["stopReason"] == "malformed_tool_use"


@pytest.mark.parametrize(
    ("inference", "reason", "ending"),
    [
        ({"maxTokens": 5}, "max_tokens", "[mock answer by amaz"),
        ({"stopSequences": [" asked", "You"]}, "stop_sequence", f"[mock answer by {NOVA}] "),
        ({"maxTokens": 5, "stopSequences": ["You"]}, "max_tokens", "[mock answer by amaz"),
        ({"maxTokens": 500, "stopSequences": ["never"]}, "end_turn", f"[mock answer by {NOVA}] You asked: Hello"),
    ],
)
def test_max_tokens_and_stop_sequences_end_the_answer(
    client: Client, inference: dict[str, Any], reason: str, ending: str
) -> None:
    answer = converse(client, inferenceConfig=inference)
    stream = client("bedrock-runtime").converse_stream(
        modelId=NOVA, messages=[user("Hello")], inferenceConfig=inference
    )["stream"]
    events = list(stream)

    assert (answer["stopReason"], answer["output"]["message"]["content"][0]["text"]) == (reason, ending)
    assert [event["messageStop"]["stopReason"] for event in events if "messageStop" in event] == [reason]
    assert answer["usage"]["outputTokens"] <= inference.get("maxTokens", 500)


def test_only_nova_reads_objects_in_s3_and_only_those_that_are_there(client: Client) -> None:
    store = client("s3")
    store.create_bucket(Bucket="pictures-for-nova")
    store.put_object(Bucket="pictures-for-nova", Key="a.png", Body=b"png")

    def look(key: str, model: str = NOVA) -> None:
        location = {"uri": f"s3://pictures-for-nova/{key}"}
        block = {"image": {"format": "png", "source": {"s3Location": location}}}
        converse(client, user("Look", block), model=model)

    look("a.png")
    with pytest.raises(ClientError) as absent:
        look("b.png")
    assert code(absent) == "AccessDeniedException"
    with pytest.raises(ClientError, match=r"messages\.0\.content\.1\.image\.source\.type: Field required"):
        look("a.png", "anthropic.claude-haiku-4-5-20251001-v1:0")


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("It takes 25 minutes", "No idea", "1"),
        ("No idea", "It takes 25 minutes", "2"),
        ("No idea", "Nothing known", "tie"),
    ],
)
def test_a_judge_prefers_the_words_of_the_reference(client: Client, one: str, other: str, verdict: str) -> None:
    prompt = f"<reference>25 minutes</reference><answer_1>{one}</answer_1><answer_2>{other}</answer_2>"

    text = converse(client, user(prompt))["output"]["message"]["content"][0]["text"]

    assert f"<verdict>{verdict}</verdict>" in text
