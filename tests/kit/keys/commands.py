"""Runs `kit keys`, at a fixed time."""

import pytest

from kit import __main__

NOW = 1_800_000_000.0


def kit(*arguments: str) -> int:
    return __main__.main(["keys", *arguments])


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The key that the command prints, alone on standard output."""
    assert kit(*arguments) == 0
    return capsys.readouterr().out.removesuffix("\n")
