"""Every action of `kit knowledge` asks the environment that it is told, never another one."""

from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from kit.knowledge import ask, delete, documents, evaluate, put, status, sync
from kit_contract.errors import InputError

QUESTIONS = Path(__file__).resolve().parents[3] / "examples" / "support" / "questions.jsonl"


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (ask, ["ask", "Why?"]),
        (delete, ["delete", "--all"]),
        (documents, ["documents"]),
        (evaluate, ["evaluate", str(QUESTIONS)]),
        (put, ["put", "a.md"]),
        (status, ["status"]),
        (sync, ["sync"]),
    ],
)
def test_the_named_environment_is_asked(module: Any, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def connect(config: Path, environment: str | None = None, *, local: bool) -> None:
        asked.append(environment)
        raise InputError("no further")

    monkeypatch.setattr(module, "connect", connect)

    main(["knowledge", *words, "--environment", "prod"])
    assert asked == ["prod"]
