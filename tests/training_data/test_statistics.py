"""Figures of a known dataset, in text and as a picture; languages with and without the library."""

import itertools
import sys
from pathlib import Path

import pytest

from kit.__main__ import main
from training_data.language_mix import language_mix
from training_data.length_histogram import bins, text_histogram
from training_data.statistics import measure, percentile

ROWS = """\
{"system": "Be brief.", "prompt": "How do I clean the machine?", "response": "With the descaler, once a month."}
{"prompt": "How do I clean the machine?", "response": "With the descaler, once a month."}
{"prompt": "how do I clean the machine", "response": "with the descaler   once a month"}
{"prompt": "How do I clean the machine?", "response": "With the descaler, once a month."}
{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}
{"unknown": ["shape"]}
{broken
"""  # noqa: E501


def file(folder: Path) -> Path:
    written = folder / "mine.jsonl"
    written.write_text(ROWS)
    return written


def test_turns_lengths_and_duplicates(tmp_path: Path) -> None:
    statistics = measure(file(tmp_path))

    assert statistics.tokens == [17, 15, 15, 15, 1, 2]
    assert statistics.turns == {2: 4, 4: 1, 1: 1}
    assert statistics.with_system == 1
    assert statistics.exact_duplicates == 1
    assert statistics.normalized_duplicates == 3
    assert [error.line for error in statistics.unreadable] == [7]


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 6), (0.95, 10), (1.0, 10)])
def test_percentiles(share: float, value: int) -> None:
    assert percentile(list(range(1, 11)), share) == value
    assert percentile([], share) == 0


@pytest.mark.parametrize("values", [[], [0], [1, 1], [0, 5000], list(range(999)), [10**9, 1]])
def test_bins_hold_every_value_once(values: list[int]) -> None:
    found = bins(values)

    assert sum(count for *_, count in found) == len(values)
    assert len(found) <= 12
    assert all(stop == start for (_, stop, _), (start, *_) in itertools.pairwise(found))
    assert not values or found[-1][0] <= max(values) < found[-1][1]


def test_bars_are_as_long_as_the_counts() -> None:
    lines = text_histogram([1] * 100 + [25] * 50 + [119])

    assert [line.count("#") for line in lines if "#" in line] == [40, 20, 1]
    assert lines[0].strip() == f"0 to        9 tokens  {'#' * 40} 100"


def test_the_command_prints_figures_and_draws_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "lengths.png"

    code = main(["data", "stats", str(file(tmp_path)), "--model", "amazon.nova-micro-v1:0", "--plot", str(picture)])

    printed = capsys.readouterr().out
    assert code == 0
    assert "records: 6, 1 with a system prompt" in printed
    assert "turns: 1 in 1 record, 2 in 4 records, 4 in 1 record" in printed
    assert "duplicates: 1 word for word, 3 but for upper case" in printed
    assert "longer than the base model's 32,000 tokens, by this estimate: 0 records" in printed
    assert "unreadable: 1 record, the first: mine.jsonl:7" in printed
    assert "languages (of 6 records, by py3langid): en" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_clear_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "stats", str(tmp_path / "gone.jsonl")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["data", "stats", str(file(tmp_path)), "--plot", str(tmp_path / "mine.jsonl")]) == 2
    assert "is named twice" in capsys.readouterr().err


def test_languages_of_texts_that_are_long_enough() -> None:
    german = "Wie entkalke ich die Maschine, wenn die Lampe blinkt?"
    english = "How do I descale the machine when the lamp is blinking?"

    assert language_mix([german, english, english, "ok"]) == {"de": 1, "en": 2, "too short": 1}


def test_without_the_library_the_command_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)

    assert main(["data", "stats", str(file(tmp_path))]) == 0
    assert (
        "py3langid, which tells languages, is not installed; .venv/bin/uv pip install py3langid"
        in capsys.readouterr().out
    )
