"""What `make up` shows of an agent: each call of a tool and the answer; an agent that breaks off ends no run."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from deployment.config import load_deployment_config
from kit.local import agent_question, summary
from kit_contract.errors import ExternalError
from tests.deployment_file import shipped_file

CALL = {"id": "1", "name": "order-status", "arguments": {"order_number": "A-1001"}}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("start", {"agent": "support"}),
    ("tool_call", CALL),
    ("tool_result", {**CALL, "status": "success", "milliseconds": 12}),
    ("text", {"text": "It was "}),
    ("text", {"text": "shipped."}),
    ("end", {"stop_reason": "end_turn"}),
]


def answer(monkeypatch: pytest.MonkeyPatch, events: list[tuple[str, dict[str, Any]]]) -> None:
    stream = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n: still waiting\n\n" for name, data in events)
    monkeypatch.setattr(agent_question, "opened", lambda *_: io.BytesIO(stream.encode()))


def test_calls_and_answer_are_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answer(monkeypatch, EVENTS)

    agent_question.print_asked({}, "support")

    shown = capsys.readouterr().out
    assert 's calls order-status {"order_number": "A-1001"}\n' in shown
    assert "s order-status: success after 12 ms\n" in shown
    assert "A  It was shipped.\n   stopped with end_turn after" in shown


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([*EVENTS[:4], ("error", {"error": {"message": "no more"}})], "agent support broke off: no more"),
        (EVENTS[:4], "agent support broke off: it has no end"),
    ],
    ids=["error", "no end"],
)
def test_an_answer_that_breaks_off_ends_no_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    events: list[tuple[str, dict[str, Any]]],
    says: str,
) -> None:
    answer(monkeypatch, events)

    with pytest.raises(ExternalError, match=says):
        agent_question.print_asked({}, "support")

    config = load_deployment_config(shipped_file()).model_copy(update={"inference_api": None})
    summary._show_agent(config, {})
    assert says in capsys.readouterr().out
