"""What a person sees without a terminal: plain lines, each change once; the curve has the shape of its values."""

import io
from argparse import Namespace

import pytest

from kit.progress import Progress, curve


def test_a_bar_without_a_terminal_prints_a_line_only_when_the_text_changes() -> None:
    output = io.StringIO()
    progress = Progress(2, output)

    progress.step("Training")
    for _ in range(3):
        progress.bar(0.1, "validation")
    progress.bar(0.5, "training")

    assert output.getvalue().splitlines() == ["[1/2] Training", "      validation", "      training"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("ci", "redrawn"), [(None, True), ("true", False)])
def test_a_terminal_is_redrawn_but_not_in_ci(monkeypatch: pytest.MonkeyPatch, ci: str | None, redrawn: bool) -> None:
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", ci)
    output = Terminal()

    Progress(1, output).bar(0.5, "training")

    assert ("\r" in output.getvalue()) == redrawn


def test_the_curve_falls_with_its_values() -> None:
    assert curve([4.0, 3.0, 2.0, 1.0]) == "█▆▃▁"


def test_a_curve_of_nothing_is_nothing() -> None:
    assert curve([]) == ""


def test_a_flat_curve_does_not_divide_by_zero() -> None:
    assert curve([2.0, 2.0]) == "▁▁"


def test_a_line_takes_the_place_of_a_bar_that_is_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    output = Terminal()
    progress = Progress(1, output)
    progress.bar(0.5, "open")
    progress.line("callers are answered by another")
    progress.line("a second line")
    progress.end_bar()

    assert output.getvalue().endswith("\r\033[K      callers are answered by another\n      a second line\n")


def test_a_command_that_a_line_names_has_the_options_of_the_command_that_says_it() -> None:
    output = io.StringIO()

    Progress(1, output, Namespace(local=True, environment="dev")).line("to follow it: kit runs watch")

    assert output.getvalue().strip() == "to follow it: kit runs watch --environment dev --local"
