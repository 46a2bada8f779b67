"""Scores of one answer: against SQuAD's definitions and against recorded values of the package rouge-score."""

import json
from pathlib import Path

import pytest

from training_data.text_metrics import METRICS, exact_match, json_valid, rouge_l, token_f1

RECORDED = json.loads((Path(__file__).parent / "rouge_score.json").read_text(encoding="utf-8"))["values"]


@pytest.mark.parametrize(("answer", "reference", "expected"), RECORDED)
def test_rouge_l_is_that_of_rouge_score(answer: str, reference: str, expected: float) -> None:
    assert rouge_l(answer, reference) == pytest.approx(expected, abs=1e-9)


def test_rouge_l_keeps_letters_of_every_alphabet() -> None:
    """rouge-score splits at them: "für" and "fur" would have a common token."""
    assert rouge_l("Filter für Öl", "filter für öl") == 1.0
    assert rouge_l("für", "fr") == 0.0
    assert rouge_l("咖啡机坏了", "咖啡机很好") == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("The Eiffel Tower", "eiffel tower!", 1.0),
        ("in Paris, France", "Paris", 0.5),
        ("red blue", "green", 0.0),
        ("water water tank", "water tank tank", 2 / 3),
        ("", "", 1.0),
        ("the", "", 1.0),
        ("", "water", 0.0),
    ],
)
def test_token_f1_follows_squad(answer: str, reference: str, expected: float) -> None:
    assert token_f1(answer, reference) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [("An answer.", "answer", 1.0), ("  B ", "b", 1.0), ("B or C", "B", 0.0), ("42", "4 2", 0.0)],
)
def test_exact_match_follows_squad(answer: str, reference: str, expected: float) -> None:
    assert exact_match(answer, reference) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"a": [1, 2]}', 1.0),
        ("```json\n{}\n```", 1.0),
        ("Here it is: {}", 0.0),
        ('{"a": NaN}', 0.0),
        ("{'a': 1}", 0.0),
        ("", 0.0),
    ],
)
def test_json_is_valid_alone_or_in_a_block_of_code(answer: str, expected: float) -> None:
    assert json_valid(answer, "") == expected


def test_every_score_is_between_0_and_1() -> None:
    for metric in METRICS.values():
        for answer, reference, _ in RECORDED:
            assert 0 <= metric(answer, reference) <= 1
