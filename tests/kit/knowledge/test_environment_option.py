"""Each action of `kit knowledge` asks the deployment of --environment."""

from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from kit.knowledge import ask, delete, documents, evaluate, put, status, sync

FILE = Path(__file__).resolve().parents[3] / "examples" / "support" / "questions.jsonl"
ACTIONS = [
    (ask, ["Why?"]),
    (delete, ["a.md"]),
    (documents, []),
    (evaluate, [str(FILE)]),
    (put, [str(FILE)]),
    (status, []),
    (sync, []),
]


class Stop(Exception):
    """Connected."""


@pytest.mark.parametrize(("module", "words"), ACTIONS, ids=lambda one: getattr(one, "__name__", None))
def test_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, module: Any, words: list[str]) -> None:
    def connect(config: Path, environment: str | None = None, *, local: bool) -> None:
        raise Stop(environment)

    monkeypatch.setattr(module, "connect", connect)

    with pytest.raises(Stop, match="prod"):
        main(["knowledge", module.__name__.rpartition(".")[2], *words, "--environment", "prod"])


def test_a_status_that_bedrock_does_not_have_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "documents", "--status", "broken"]) == 2
    assert "--status must be one of INDEXED, PARTIALLY_INDEXED, " in (said := capsys.readouterr().err)
    assert "got BROKEN" in said
