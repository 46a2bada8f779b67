"""The mock's choice of a tool for a question, its arguments, and its answer from the results."""

from typing import Any

import pytest

from tests.local_aws.conftest import Call, Client

NOVA = "amazon.nova-micro-v1:0"
TEXT = {"type": "string"}


def spec(name: str, description: str, needed: list[str], **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": needed}
    return {"name": name, "description": description, "inputSchema": {"json": schema}}


PRIORITY = {"type": "string", "enum": ["low", "high"]}
ORDERS = spec("order-status___call", "Says where an order is and when it arrives.", ["order_id"], order_id=TEXT)
TICKETS = spec(
    "tickets", "Creates a ticket for a problem.", ["subject"], subject=TEXT, order_id=TEXT, priority=PRIORITY
)
HANDBOOK = spec("handbook___call", "Searches the documents of the knowledge base.", ["query"], query=TEXT)
WEATHER = spec("get_weather", "Get weather for a location", ["location"], location=TEXT, days={"type": "integer"})
BOOKING = spec(
    "book_room",
    "Books a room",
    ["guests", "date", "email"],
    guests={"type": "integer"},
    date={"type": "string", "format": "date"},
    email={"type": "string", "format": "email"},
)
SHELL = spec("shell", "Executes a bash command.", ["command"], command=TEXT)
TOOLS = [ORDERS, TICKETS, HANDBOOK, WEATHER, BOOKING, SHELL]


def said(role: str, *blocks: Any) -> dict[str, Any]:
    return {"role": role, "content": [{"text": block} if isinstance(block, str) else block for block in blocks]}


def chosen(call: Call, *messages: Any) -> Any:
    given = [said("user", message) if isinstance(message, str) else message for message in messages]
    found = call("bedrock.mock_tools", "chosen", TOOLS, given)
    return found and (found[0]["name"], found[1], found[2])


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("what is the status of order 4711?", "order-status___call", {"order_id": "4711"}),
        ("Where is my order ORD-77?", "order-status___call", {"order_id": "ORD-77"}),
        ("How is the weather in New York for 3 days?", "get_weather", {"location": "New York", "days": 3}),
        (
            "Book a room for 2 guests on 2026-12-24, mail to ada@example.com",
            "book_room",
            {"guests": 2, "date": "2026-12-24", "email": "ada@example.com"},
        ),
        (
            'Please open a ticket "broken lamp" with high priority for order 4711',
            "tickets",
            {"subject": "broken lamp", "order_id": "4711", "priority": "high"},
        ),
        ("How long may I return a product?", "handbook___call", {"query": "How long may I return a product?"}),
        ("Which tickets need an approval?", "handbook___call", {"query": "Which tickets need an approval?"}),
    ],
)
def test_a_question_demands_its_tool(call: Call, question: str, tool: str, arguments: dict[str, Any]) -> None:
    assert chosen(call, question) == (tool, arguments, [])


@pytest.mark.parametrize("text", ["Hello", "Thanks, that is all."])
def test_what_asks_for_nothing_calls_no_tool(call: Call, text: str) -> None:
    assert chosen(call, text) is None


def test_an_identifier_may_come_from_an_earlier_turn_and_is_asked_for_otherwise(call: Call) -> None:
    question = "What is the status of my order?"

    assert chosen(call, "My order is 99.", question) == ("order-status___call", {"order_id": "99"}, [])
    assert chosen(call, question) == ("order-status___call", {}, ["order_id"])


def test_a_tool_is_called_once_and_then_the_next_that_the_question_names(call: Call) -> None:
    question = said("user", "What is the status of order 4711? Open tickets for it.")
    used = said("assistant", {"toolUse": {"toolUseId": "a", "name": "order-status___call", "input": {}}})
    result = said("user", {"toolResult": {"toolUseId": "a", "content": [{"text": "shipped"}]}})
    again = said("assistant", {"toolUse": {"toolUseId": "b", "name": "tickets", "input": {}}})

    assert chosen(call, question, used, result)[0] == "tickets"
    assert chosen(call, question, used, result, again, result) is None


def test_the_rest_of_a_question_is_searched_for(call: Call) -> None:
    question = said("user", "When does order 4711 arrive, and how do I clean it?")
    used = said("assistant", {"toolUse": {"toolUseId": "a", "name": "order-status___call", "input": {}}})
    result = said("user", {"toolResult": {"toolUseId": "a", "content": [{"text": "shipped"}]}})

    assert chosen(call, question)[0] == "order-status___call"
    assert chosen(call, question, used, result) == ("handbook___call", {"query": "how do I clean it"}, [])


def test_the_answer_has_the_passage_of_a_long_result_that_fits_the_question(client: Client) -> None:
    sentences = [f"Sentence {number} is about something else altogether." for number in range(20)]
    passage = " ".join([*sentences[:10], "A product may be returned within 30 days.", *sentences[10:]])
    question = said("user", "How long may I return a product?")
    tools = {"tools": [{"toolSpec": HANDBOOK}]}
    ask = client("bedrock-runtime").converse
    first = ask(modelId=NOVA, messages=[question], toolConfig=tools)["output"]["message"]
    use = first["content"][0]["toolUse"]
    content = [{"json": {"passages": [{"text": passage, "score": 0.5}]}}]
    result = said("user", {"toolResult": {"toolUseId": use["toolUseId"], "content": content}})

    answer = ask(modelId=NOVA, messages=[question, first, result], toolConfig=tools)

    (block,) = answer["output"]["message"]["content"]
    assert "A product may be returned within 30 days." in block["text"]
    assert len(block["text"]) < len(passage)
