"""kit agents against a server that answers as the API does: what is asked, shown, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from kit.agents.agent_api import chosen_agent
from kit.agents.evaluate import evaluated
from kit_contract.errors import InputError
from tests.deployment_file import shipped_config
from tests.kit.agents.server import ASKS, CALL, Server, answer, tool
from tests.synthesized import PROJECT

CONFIG = str(PROJECT / "examples" / "agents" / "deployment.toml")


def kit(*arguments: str) -> int:
    return main(["agents", "--config", CONFIG, *arguments])


def cases(tmp_path: Path, *lines: dict[str, Any]) -> str:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return str(path)


def test_the_list_calls_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert kit() == 0

    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["AGENT", "MODEL", "MEMORY"]
    assert row.split() == ["support", "us.amazon.nova-2-lite-v1:0", "short", "order-status,", "manuals,", "tickets*"]


def test_cases_are_compared(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = {"name": "order-status", "arguments": {"order_number": "A-1001"}}
    asked = {"question": "Where is A-1001?", "tools": [order], "contains": "shipped"}
    server.answer(answer("It is shipped.", tool("order-status", order_number="A-1001")))
    server.answer(answer("It is shipped.", tool("order-status", order_number="A-1002")))

    code = kit("evaluate", cases(tmp_path, asked, asked), "--at-least", "0.6")

    assert code == 1
    output = capsys.readouterr().out
    assert "1 of 2 cases passed (50%)" in output
    assert 'called   order-status {"order_number": "A-1002"}' in output
    assert [body for _, _, body in server.asked] == [{"input": "Where is A-1001?"}] * 2
    assert server.asked[0][:2] == ("/prod/v1/agents/support/invoke", "key")


def test_json_for_pipelines(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer(answer("Hello."))

    assert kit("--json", "evaluate", cases(tmp_path, {"question": "Hi", "tools": []}), "--at-least", "1") == 0

    found = json.loads(capsys.readouterr().out)
    [case] = found["cases"]
    assert found["passed"] == 1.0
    assert (case["steps"], case["tokens"], case["tools_right"]) == (0, 1100, True)
    assert case["usd"] > 0


@pytest.mark.parametrize(("approve", "decision"), [(False, "reject"), (True, "approve")])
def test_an_evaluation_changes_nothing_unless_a_case_says_so(
    server: Server, tmp_path: Path, approve: bool, decision: str
) -> None:
    server.answer(ASKS)
    server.answer(answer("Done.", {**CALL, "status": "success" if approve else "declined"}))
    case = {"question": "Open a ticket", "tools": [{"name": "tickets"}], "approve": approve}

    assert kit("evaluate", cases(tmp_path, case), "--at-least", "1") == 0

    assert server.asked[1][2] == {"session_id": "s", decision: [CALL]}


@pytest.mark.parametrize("least", [(), ("--at-least", "0.5"), ("--at-least", "1")])
def test_a_case_that_fails_is_one_and_the_others_go_on(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], least: tuple[str, ...]
) -> None:
    server.answer({"error": {"message": "the answer broke off"}}, 502)
    server.answer(answer("Hello."))
    case = {"question": "Hi", "tools": []}

    assert kit("evaluate", cases(tmp_path, case, case), *least) == 1

    output = capsys.readouterr().out
    assert "line 1: 502: the answer broke off" in output
    assert "1 of 2 cases passed" in output
    assert "unknown" in output  # what the failed case cost
    assert len(server.asked) == 2


def test_a_wrong_key_ends_the_evaluation(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer({"error": {"message": "the API key is missing or wrong"}}, 401)
    case = {"question": "Hi", "tools": []}

    assert kit("evaluate", cases(tmp_path, case, case)) == 1

    assert "401: the API key is missing or wrong" in capsys.readouterr().err
    assert len(server.asked) == 1


def test_only_what_has_not_run_is_repeated(server: Server, tmp_path: Path) -> None:
    server.answer({}, 429, retry_after_ms="1500")
    server.answer(answer("Hello."))
    server.answer({"error": {"message": "no"}}, 429, x_should_retry="false")
    case = {"question": "Hi", "tools": []}

    assert kit("evaluate", cases(tmp_path, case, case), "--at-least", "0.5") == 1

    assert len(server.asked) == 3
    assert server.paused == [1.5]


def test_a_wrong_answer_is_a_fault_with_a_threshold_only(server: Server, tmp_path: Path) -> None:
    case = {"question": "Hi", "contains": "shipped"}

    for least, code in (((), 0), (("--at-least", "0.1"), 1)):
        server.answer(answer("Hello."))
        assert kit("evaluate", cases(tmp_path, case), *least) == code


def test_unknown_usage_is_not_zero(server: Server) -> None:
    server.answer(answer("Hello.", usage=None))
    from tests.kit.agents.test_scores import case

    [result] = evaluated(server.api, "support", [case(tools=())], lambda tokens: 1.0, lambda: 0.0)

    assert (result.tokens, result.usd) == (None, None)


def test_a_question(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer(answer("It is shipped.", tool("order-status", order_number="A-1001")))

    assert kit("ask", "Where is A-1001?", "--session", "t") == 0

    output = capsys.readouterr().out
    assert 'tool     order-status {"order_number": "A-1001"}: success' in output
    assert server.asked[0][2] == {"input": "Where is A-1001?", "session_id": "t"}


@pytest.mark.parametrize(("typed", "decision"), [("y\n", "approve"), ("\n", "reject"), ("", "reject")])
def test_a_person_at_a_terminal_decides(
    server: Server, monkeypatch: pytest.MonkeyPatch, typed: str, decision: str
) -> None:
    import io
    import sys

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    server.answer(ASKS)
    server.answer(answer("Done.", {**CALL, "status": "success"}))

    assert kit("ask", "Open a ticket") == 0

    assert server.asked[1][2] == {"session_id": "s", decision: [CALL]}


def test_without_a_terminal_nothing_is_approved(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    server.answer(ASKS)

    assert kit("ask", "Open a ticket") == 0

    assert len(server.asked) == 1
    shown = capsys.readouterr()
    assert "requires_approval" in shown.out
    assert f"nobody is at a terminal: {CALL['name']}. Ask again at a terminal" in shown.err
    assert f"POST {server.api.url}/agents/support/invoke" in shown.err


def test_a_file_without_agents_says_so(tmp_path: Path) -> None:
    config = shipped_config().model_copy(update={"agents": {}})

    with pytest.raises(InputError, match=r"^eu.toml has no \[agents.\*\]; add one, or name another file"):
        chosen_agent(config, tmp_path / "eu.toml", None)


def test_settings(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("API_KEY", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    path = cases(tmp_path, {"question": "Hi", "tools": []})

    assert kit("ask", "Hi") == 2
    assert "API_KEY is not set" in capsys.readouterr().err
    assert kit("ask", "Hi", "--agent", "sales") == 2
    assert "--agent must be one of the agents in deployment.toml: support; got sales" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        kit("evaluate", path, "--at-least", "90")
    assert "kit agents evaluate: error: argument --at-least: must be a share from 0 to 1" in capsys.readouterr().err
