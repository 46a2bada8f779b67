"""What a person sees without a terminal: plain lines, each change once; the curve has the shape of its values."""

import io

from kit.progress import Progress, curve


def test_a_bar_without_a_terminal_prints_a_line_only_when_the_text_changes() -> None:
    output = io.StringIO()
    progress = Progress(2, output)

    progress.step("Training")
    for _ in range(3):
        progress.bar(0.1, "validation")
    progress.bar(0.5, "training")

    assert output.getvalue().splitlines() == ["[1/2] Training", "      validation", "      training"]


def test_the_curve_falls_with_its_values() -> None:
    assert curve([4.0, 3.0, 2.0, 1.0]) == "█▆▃▁"


def test_a_curve_of_nothing_is_nothing() -> None:
    assert curve([]) == ""


def test_a_flat_curve_does_not_divide_by_zero() -> None:
    assert curve([2.0, 2.0]) == "▁▁"
