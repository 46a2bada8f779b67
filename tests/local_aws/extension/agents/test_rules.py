"""Rules of harnesses without an agent: allowed tools, ends of sessions, whole turns, what memories learn."""

import ast
import time
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.conftest import Call

EXTENSION = Path(__file__).parents[4] / "local_aws/extension"
LATE = ("strands", "mcp", "local_aws.extension.agents.loop", "local_aws.extension.agents.converse_model")


def imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_start_of_the_embedded_aws_imports_no_strands() -> None:
    """It takes a second: what imports Strands is imported at the first invocation."""
    users = {path.stem for path in EXTENSION.rglob("*.py") for name in imported(path) if name.startswith(LATE)}

    assert users == {"loop", "converse_model"}


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        ("*", {"shell", "file_operations", "tickets", "git_status", "read_file"}),
        ("shell", {"shell"}),
        ("file_*", {"file_operations"}),
        ("@builtin", {"shell", "file_operations"}),
        ("@builtin/shell", {"shell"}),
        ("tickets", {"tickets"}),
        ("@git-mcp", {"git_status", "read_file"}),
        ("@git-mcp/git_status", {"git_status"}),
        ("@git-mcp/read_*", {"read_file"}),
        ("@*-mcp/git_status", {"git_status"}),
        ("git_status", set()),
        ("@gateway", set()),
    ],
)
def test_patterns_allow_tools(call: Call, pattern: str, allowed: set[str]) -> None:
    tools = [
        *(("builtin", name) for name in ("shell", "file_operations")),
        ("", "tickets"),
        *(("git-mcp", name) for name in ("git_status", "read_file")),
    ]

    found = {name for server, name in tools if call("agents.tools", "allows", [pattern], server, name)}

    assert found == allowed


@pytest.mark.parametrize(
    ("started", "used", "over"), [(100, 100, False), (1000, 901, True), (28_801, 10, True), (28_000, 890, False)]
)
def test_a_session_ends_when_it_is_idle_or_too_old(call: Call, started: float, used: float, over: bool) -> None:
    now = time.time()

    assert call("agents.sessions", "ended", now - started, now - used, 900, 28_800) is over


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"text": text}]}


USE = {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "t", "input": {}}}]}
RESULT = {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"text": "r"}]}}]}
DONE = [user("1"), USE, RESULT, assistant("1")]


@pytest.mark.parametrize(
    ("history", "messages", "kept"),
    [
        (DONE, [user("2")], DONE),
        ([*DONE, user("2"), USE, RESULT], [user("3")], DONE),
        ([user("2"), USE, *DONE], [user("3")], DONE),
        ([*DONE, user("2")], [USE, RESULT], [*DONE, user("2")]),
        ([*DONE, user("2"), USE, RESULT], [USE, RESULT], [*DONE, user("2"), USE, RESULT]),
        ([], [user("1")], []),
    ],
    ids=["whole", "unfinished at the end", "unfinished before", "inline", "inline after a tool", "new"],
)
def test_a_conversation_goes_on_from_whole_turns(call: Call, history: Any, messages: Any, kept: Any) -> None:
    assert call("agents.sessions", "to_continue", history, messages) == kept


TURNS = [
    ("USER", "My dog is called Rex. I prefer short answers! What is the time? It rains."),
    ("ASSISTANT", "I like dogs. Noon."),
]


@pytest.mark.parametrize(
    ("strategy", "texts"),
    [
        ("SEMANTIC", ["My dog is called Rex."]),
        ("USER_PREFERENCE", ["I prefer short answers!"]),
        ("SUMMARIZATION", ["user: My dog is called Rex. assistant: I like dogs."]),
        ("EPISODIC", []),
    ],
)
def test_a_strategy_learns_by_its_rule(call: Call, strategy: str, texts: list[str]) -> None:
    assert call("agents.memory_records", "learned", strategy, TURNS) == texts
