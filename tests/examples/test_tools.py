"""The example tools: what they answer, and what they say of arguments that a model got wrong."""

import json
from typing import Any

import pytest

from examples.tools import order_status, tickets
from tests.synthesized import PROJECT


@pytest.mark.parametrize("number", ["A-1001", "a1001", " A-1001 "])
def test_an_order(number: str) -> None:
    found = order_status.lambda_handler({"order_number": number}, None)

    assert (found["order_number"], found["status"]) == ("A-1001", "shipped")


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"order_number": "B-9999"}, "there is no order B-9999"),
        ({"order_number": "the last one"}, "must be a letter and four digits such as A-1001, got 'THE LAST ONE'"),
        ({}, "got ''"),
    ],
)
def test_an_order_that_is_not_there(event: dict[str, Any], error: str) -> None:
    assert error in order_status.lambda_handler(event, None)["error"]


def test_a_ticket_has_one_number_however_often_it_is_opened() -> None:
    asked = {"summary": "The milk system leaks", "priority": "high", "order_number": "A-1003"}

    first, again = (tickets.lambda_handler(asked, None) for _ in range(2))

    assert first == again
    assert first["status"] == "open"
    assert first["ticket"] != tickets.lambda_handler({**asked, "priority": "low"}, None)["ticket"]


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({}, "summary must be 1 to 200 characters, got 0"),
        ({"summary": "x" * 201}, "got 201"),
        ({"summary": "x", "priority": "urgent"}, "priority must be one of low, normal, high, got 'urgent'"),
    ],
)
def test_a_ticket_that_cannot_be_opened(event: dict[str, Any], error: str) -> None:
    assert error in tickets.lambda_handler(event, None)["error"]


@pytest.mark.parametrize(("module", "name"), [(order_status, "order_status"), (tickets, "tickets")])
def test_a_tool_declares_the_arguments_that_it_reads(module: Any, name: str) -> None:
    declared = json.loads((PROJECT / "examples" / "tools" / f"{name}.json").read_text(encoding="utf-8"))
    source = (PROJECT / "examples" / "tools" / f"{name}.py").read_text(encoding="utf-8")

    for argument in declared["inputSchema"]["properties"]:
        assert f'event.get("{argument}"' in source
    assert callable(module.lambda_handler)
