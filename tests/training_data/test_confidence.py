"""Intervals and tests: against recorded values of statsmodels 0.14 and scipy 1.15, and against chance itself."""

import random

import pytest

from training_data import confidence
from training_data.confidence import (
    binomial_test,
    bootstrap,
    chance_of,
    difference_of,
    mean_of,
    wilson,
)

SPREAD = [0.1, 0.5, 0.4, 0.9, 0.7, 0.3, 0.2, 0.8, 0.6, 0.55, 0.45, 0.35, 0.95, 0.05, 0.65, 0.75]


@pytest.mark.parametrize(
    ("wins", "count", "confidence", "low", "high"),
    [
        (15, 20, 0.95, 0.531299122381256, 0.8881382985923343),
        (0, 10, 0.95, 0.0, 0.2775327998628892),
        (50, 100, 0.9, 0.4188477961125295, 0.5811522038874706),
        (199, 200, 0.99, 0.9587991180797599, 0.9994127002381603),
    ],
)
def test_wilson_is_that_of_statsmodels(wins: int, count: int, confidence: float, low: float, high: float) -> None:
    assert wilson(wins / count, count, confidence) == pytest.approx((low, high))


def test_the_bootstrap_agrees_with_that_of_scipy() -> None:
    """Of 20,000 resamples, percentile method."""
    assert bootstrap(SPREAD, 0.95) == pytest.approx((0.3875, 0.64375), abs=0.01)


def test_the_same_scores_give_the_same_interval() -> None:
    assert bootstrap(SPREAD, 0.95) == bootstrap(SPREAD, 0.95)


def test_mcnemars_exact_test() -> None:
    """12 records that only the candidate answers, 3 that only the other one does; the rest tells nothing."""
    assert binomial_test(3, 15) == pytest.approx(0.03515625)
    assert chance_of([1.0] * 12 + [-1.0] * 3 + [0.0] * 20) == pytest.approx(0.03515625)
    assert binomial_test(9, 10) == pytest.approx(0.021484375)


def test_the_sign_flip_test_by_random_flips_is_near_the_exact_one() -> None:
    """Differences of nearly one size have nearly McNemar's p."""
    uneven = [1.0, 1.01, 0.99, 1.02, 0.98, 1.03, 0.97, 1.0, -1.0]
    assert chance_of(uneven) == pytest.approx(binomial_test(8, 9), abs=0.015)


def test_no_difference_is_chance() -> None:
    assert chance_of([0.0] * 30) == 1.0
    assert difference_of([0.0] * 30, 0.95) == (0.0, 0.0, 0.0)


def test_all_right_answers_of_few_are_not_certain() -> None:
    """A bootstrap of equal scores has no width."""
    assert mean_of([1.0] * 20, 0.95).low == pytest.approx(0.8389, abs=1e-4)
    assert mean_of([0.5] * 20, 0.95).low == pytest.approx(0.2993, abs=1e-4)


def test_an_interval_contains_the_truth_as_often_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "RESAMPLES", 200)
    chance = random.Random(1)
    hits = 0
    for _ in range(100):
        low, high = bootstrap([chance.betavariate(2, 3) for _ in range(40)], 0.9)
        hits += low <= 0.4 <= high
    assert 82 <= hits <= 97
