"""Scores of answers: tools, arguments, text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.agents.cases import Case, ExpectedCall
from kit.agents.scores import Score, score
from training_data.text_metrics import token_f1


def case(**fields: Any) -> Case:
    plain: dict[str, Any] = {"number": 1, "question": "Hi", "tools": None, "answer": None, "contains": ()}
    return Case(**{**plain, "matches": None, "approve": False, **fields})


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


@pytest.mark.parametrize(
    ("expected", "calls", "tools", "arguments"),
    [
        ([], [], True, None),
        ([], [call("a")], False, None),
        ([("a", {})], [call("a", x=1)], True, None),
        ([("a", {"x": 1})], [call("a", x=1, y=2)], True, True),
        ([("a", {"x": 1})], [call("a", x=2)], True, False),
        ([("a", {"x": 1})], [call("a", y=1)], True, False),
        ([("a", {"x": 1})], [call("b", x=1)], False, False),
        ([("a", {"x": 1})], [call("a", x=1), call("a", x=1)], False, True),
        ([("a", {"x": "A-1"})], [call("a", x=" a-1 ")], True, True),
        ([("a", {"x": 1})], [call("a", x=True)], True, False),
        ([("a", {"x": True})], [call("a", x=1)], True, False),
        ([("a", {"x": 1}), ("a", {})], [call("a", x=2), call("a", x=1)], True, True),
        ([("a", {"x": 1}), ("a", {"x": 1, "y": 2})], [call("a", x=1, y=2), call("a", x=1)], True, True),
        ([("a", {"x": 1}), ("a", {"x": 1})], [call("a", x=1), call("a", x=2)], True, False),
    ],
)
def test_calls(expected: Any, calls: Any, tools: bool, arguments: bool | None) -> None:
    wanted = tuple(ExpectedCall(name, given) for name, given in expected)

    found = score(case(tools=wanted), "", calls)

    assert (found.tools, found.arguments) == (tools, arguments)
    assert found.passed == (tools and arguments is not False)


@pytest.mark.parametrize(
    ("fields", "output", "expected"),
    [
        ({}, "x", None),
        ({"contains": ("two  months",)}, "After Two\nmonths.", 1.0),
        ({"contains": ("two", "three")}, "two", 0.0),
        ({"matches": re.compile("4 May|May 4")}, "on May 4.", 1.0),
        ({"matches": re.compile("4 May|May 4")}, "on May 5.", 0.0),
        ({"answer": "It is shipped."}, "it is shipped", 1.0),
        ({"answer": "a b c d"}, "b c", pytest.approx(0.8)),
        ({"answer": "it is shipped", "contains": ("DHL",)}, "it is shipped", 0.0),
    ],
)
def test_texts(fields: Any, output: str, expected: Any) -> None:
    assert score(case(**fields), output, [call("any")]) == Score(None, None, expected)


@given(st.text(st.sampled_from("ab .A,the"), max_size=12), st.text(st.sampled_from("ab .A,the"), min_size=1))
def test_an_answer_has_the_token_f1_of_evaluations(output: str, expected: str) -> None:
    assert score(case(answer=expected), output, []).answer == token_f1(output, expected)
