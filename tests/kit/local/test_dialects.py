"""What `make up` shows of each dialect: the question reaches each path, and the answer's text is found."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from kit.local import dialects

ANSWERS: Mapping[str, Any] = {
    "/v1/chat/completions": {"choices": [{"message": {"content": "chat"}}]},
    "/v1/responses": {"output": [{"type": "reasoning"}, {"type": "message", "content": [{"text": "responses"}]}]},
    "/v1/messages": {"content": [{"type": "thinking"}, {"type": "text", "text": "messages"}]},
    "/model/bot/converse": {"output": {"message": {"content": [{"text": "[mock answer by m] converse"}]}}},
    "/v1/embeddings": {"data": [{"embedding": [0.5] * 256}]},
}
STREAM = b"".join(
    b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n"
    for delta in ({"role": "assistant", "content": ""}, {"content": "Rin"}, {"content": "se."}, {})
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any]]]:
    """Path and body of each request."""
    requests: list[tuple[str, Mapping[str, Any]]] = []

    def opened(outputs: Mapping[str, Any], path: str, body: Mapping[str, Any]) -> io.BytesIO:
        requests.append((path, body))
        return io.BytesIO(STREAM + b"data: [DONE]\n\n" if body.get("stream") else json.dumps(ANSWERS[path]).encode())

    monkeypatch.setattr(dialects, "opened", opened)
    return requests


def test_each_dialect_answers(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    dialects.print_dialects({}, "bot")

    lines = capsys.readouterr().out.strip().splitlines()[1:]
    assert [path for path, _ in asked] == [path for path in ANSWERS if path != "/v1/embeddings"]
    assert [line.split()[-1] for line in lines] == ["chat", "responses", "messages", "converse"]
    assert [line for line in lines if "mock answer" in line] == []


def test_a_streamed_answer_and_an_embedding(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    dialects.print_streamed({}, "bot")
    dialects.print_embedding({}, "vectors")

    shown = capsys.readouterr().out
    assert "A  Rinse.\n   streamed in 2 parts" in shown
    assert "embedding by vectors: 256 dimensions [0.5000, 0.5000, 0.5000, …]" in shown
