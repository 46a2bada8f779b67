"""The file of an evaluation: each fault is named with its line, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from kit.agents.cases import ExpectedCall, read_cases
from kit_contract.errors import InputError
from tests.synthesized import PROJECT

EXAMPLES = PROJECT / "examples" / "agents"


def test_the_example_asks_for_tools_of_the_example_agent() -> None:
    cases = read_cases(EXAMPLES / "cases.jsonl")
    agent = load_deployment_config(EXAMPLES / "deployment.toml").agents["support"]

    named = {call.name for case in cases for call in case.tools or ()}
    assert named == set(agent.tools)
    for case in cases:
        for call in case.tools or ():
            known = agent.tools[call.name].declaration()["inputSchema"]["properties"] if call.arguments else {}
            assert set(call.arguments) <= set(known)


def test_a_case(tmp_path: Path) -> None:
    line = {"question": "Hi", "tools": [{"name": "a", "arguments": {"x": 1}}], "contains": "b", "matches": "c+"}
    (tmp_path / "cases.jsonl").write_text("\n" + json.dumps(line) + "\n", encoding="utf-8")

    [case] = read_cases(tmp_path / "cases.jsonl")

    assert case.number == 2
    assert case.tools == (ExpectedCall("a", {"x": 1}),)
    assert case.contains == ("b",)
    assert case.matches is not None
    assert case.matches.search("CC")
    assert not case.approve


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "Expecting property name"),
        ("[]", "must be a JSON object, got list"),
        ('{"answer": "x"}', "question is missing"),
        ('{"question": ""}', "question must be a text"),
        ('{"question": "x"}', "nothing is expected"),
        ('{"question": "x", "tool": "y"}', "tool: not a field of a case"),
        ('{"question": "x", "tools": {}}', "tools must be a list"),
        ('{"question": "x", "tools": [{"arguments": {}}]}', "tools must be a list"),
        ('{"question": "x", "tools": [{"name": "y", "arguments": []}]}', "tools must be a list"),
        ('{"question": "x", "matches": "("}', "matches is not a regular expression"),
        ('{"question": "x", "contains": [1]}', "contains must be"),
        ('{"question": "x", "answer": "y", "approve": "yes"}', "approve must be true or false"),
    ],
)
def test_faults(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(f'{{"question": "x", "answer": "y"}}\n{line}\n[]\n', encoding="utf-8")

    with pytest.raises(InputError) as raised:
        read_cases(path)

    first, second = str(raised.value).splitlines()
    assert first.startswith(f"{path}:2: ")
    assert message in first
    assert second.startswith(f"{path}:3: ")


def test_no_cases(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("\n", encoding="utf-8")

    with pytest.raises(InputError, match="has no cases"):
        read_cases(tmp_path / "cases.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        read_cases(tmp_path / "absent.jsonl")
