"""Thresholds and decisions: a clear win, a clear loss, what records cannot tell, and a win by chance, which is none."""

import random
from typing import Any

import pytest

from customization.evaluation.verdict import Outcome, judge
from kit_contract.evaluations import EvaluationSpecification, Threshold
from training_data import confidence

GOOD, POOR = [0.9, 0.8, 0.85, 0.95] * 10, [0.2, 0.3, 0.25, 0.1] * 10


def settings(metrics: dict[str, Threshold], **more: Any) -> EvaluationSpecification:
    return EvaluationSpecification(dataset_key="held-out.jsonl", metrics=metrics, baseline="base", **more)


def token_f1(**thresholds: float) -> EvaluationSpecification:
    return settings({"token_f1": Threshold(**thresholds)})


@pytest.fixture(autouse=True)
def _fewer_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "RESAMPLES", 400)


def test_a_better_model_is_promoted() -> None:
    found = judge({"token_f1": GOOD}, {"token_f1": POOR}, token_f1(at_least=0.5, better_by=0.1))

    assert found.decision == "promote"
    assert found.reason == "token_f1 at least 0.5: passed; token_f1 better than what serves by more than 0.1: passed"


def test_a_worse_model_is_kept_and_the_reason_names_what_failed() -> None:
    found = judge({"token_f1": POOR}, {"token_f1": GOOD}, token_f1(at_least=0.1, better_by=0.0))

    assert (found.decision, found.reason) == ("keep", "token_f1 better than what serves by more than 0: failed")


def test_what_the_records_do_not_tell_is_asked() -> None:
    found = judge({"token_f1": GOOD}, {"token_f1": GOOD[1:] + GOOD[:1]}, token_f1(better_by=0.0))

    assert found.decision == "approve"
    assert "unclear" in found.reason


def test_the_same_answers_are_not_better_and_not_worse() -> None:
    scores = {"token_f1": GOOD}

    assert judge(scores, scores, token_f1(better_by=0.0)).decision == "keep"
    assert judge(scores, scores, token_f1(better_by=-0.05)).decision == "promote"


def test_four_wins_of_four_are_no_win() -> None:
    """Their bootstrap interval has no width; McNemar's p is 0.125."""
    wins, losses = [1.0] * 4 + [0.0] * 8, [0.0] * 12
    found = judge({"exact_match": wins}, {"exact_match": losses}, settings({"exact_match": Threshold(None, 0.0)}))

    assert found.criteria[0].outcome is not Outcome.PASSED


def test_a_win_by_chance_is_no_win() -> None:
    """Two models of the same quality: hardly one comparison in twenty may end in a promotion."""
    chance, promoted = random.Random(7), 0
    for _ in range(60):
        one, other = ([float(chance.random() < 0.5) for _ in range(30)] for _ in range(2))
        found = judge({"exact_match": one}, {"exact_match": other}, settings({"exact_match": Threshold(None, 0.0)}))
        promoted += found.decision == "promote"
    assert promoted <= 4


def test_one_failure_outweighs_everything() -> None:
    both = settings({"token_f1": Threshold(0.5), "json_valid": Threshold(0.9)})

    assert judge({"token_f1": GOOD, "json_valid": [0.0] * 40}, {}, both).decision == "keep"


def test_each_way_can_be_decided_otherwise() -> None:
    metrics = {"token_f1": Threshold(0.5)}

    assert judge({"token_f1": GOOD}, {}, settings(metrics, above="approve")).decision == "approve"
    assert judge({"token_f1": POOR}, {}, settings(metrics, below="approve")).decision == "approve"


def test_a_win_rate_of_one_half_is_no_win() -> None:
    wins = settings({"win_rate": Threshold(0.5)})

    assert judge({"win_rate": [0.5] * 40}, {}, wins).decision == "approve"
    assert judge({"win_rate": [1.0] * 30 + [0.5] * 10}, {}, wins).decision == "promote"
    assert judge({"win_rate": [0.0] * 40}, {}, wins).decision == "keep"


def test_a_metric_without_a_threshold_is_only_reported() -> None:
    found = judge(
        {"token_f1": GOOD, "rouge_l": POOR}, {}, settings({"token_f1": Threshold(0.5), "rouge_l": Threshold()})
    )

    assert found.decision == "promote"
    assert set(found.results) == {"token_f1", "rouge_l"}
