"""Compares scores with thresholds and decides: above, between or below, and why.

passed    the whole confidence interval is above the threshold; of a difference, also unlikely by chance
failed    the whole interval is below it
unclear   the interval contains the threshold: more records would tell

All passed: `above`. One failed: `below`. Otherwise `between`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from kit_contract.evaluations import WIN_RATE, Decision, EvaluationSpecification, Threshold
from training_data.confidence import Estimate, chance_of, difference_of, mean_of

Scores = Mapping[str, Sequence[float]]


class Outcome(Enum):
    PASSED = "passed"
    FAILED = "failed"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Criterion:
    """`kind` is that of the threshold: at_least or better_by."""

    metric: str
    kind: str
    threshold: float
    outcome: Outcome

    def __str__(self) -> str:
        wanted = "at least" if self.kind == "at_least" else "better than what serves by more than"
        return f"{self.metric} {wanted} {self.threshold:g}: {self.outcome.value}"


@dataclass(frozen=True)
class MetricResult:
    """`baseline` and `difference` are None for a win rate, which compares by itself. `differences` are by record."""

    candidate: Estimate
    baseline: Estimate | None = None
    difference: Estimate | None = None
    differences: Sequence[float] = ()

    def to_json(self) -> dict[str, Any]:
        named = {"candidate": self.candidate, "baseline": self.baseline, "difference": self.difference}
        value: dict[str, Any] = {key: item and item._asdict() for key, item in named.items()}
        return value | {"chance": chance_of(self.differences) if self.difference else None}


@dataclass(frozen=True)
class Judgement:
    decision: Decision
    reason: str
    results: Mapping[str, MetricResult]
    criteria: Sequence[Criterion]

    def criteria_json(self) -> list[dict[str, Any]]:
        return [asdict(item) | {"outcome": item.outcome.value} for item in self.criteria]


def judge(candidate: Scores, baseline: Scores, settings: EvaluationSpecification) -> Judgement:
    """`candidate` has the scores of each metric by record, with those of the win rate; `baseline` in the same order."""
    results = {name: _result(scores, baseline.get(name), settings.confidence) for name, scores in candidate.items()}
    criteria = [
        criterion
        for name, threshold in settings.metrics.items()
        if name in results  # without a threshold, one that applies to no record is left out
        for criterion in _criteria(name, threshold, results[name], 1 - settings.confidence)
    ]
    decision, outcome = _decision(criteria, settings)
    deciding = [str(item) for item in criteria if outcome is Outcome.PASSED or item.outcome is outcome]
    return Judgement(decision, "; ".join(deciding), results, criteria)


def _decision(criteria: Sequence[Criterion], settings: EvaluationSpecification) -> tuple[Decision, Outcome]:
    outcomes = {item.outcome for item in criteria}
    if Outcome.FAILED in outcomes:
        return settings.below, Outcome.FAILED
    if Outcome.UNCLEAR in outcomes:
        return settings.between, Outcome.UNCLEAR
    return settings.above, Outcome.PASSED


def _result(scores: Sequence[float], others: Sequence[float] | None, confidence: float) -> MetricResult:
    candidate = mean_of(scores, confidence)
    if others is None:
        return MetricResult(candidate)
    differences = [score - other for score, other in zip(scores, others, strict=True)]
    difference = difference_of(differences, confidence)
    return MetricResult(candidate, mean_of(others, confidence), difference, differences)


def _criteria(name: str, threshold: Threshold, result: MetricResult, risk: float) -> list[Criterion]:
    found = []
    if threshold.at_least is not None:
        # A win rate of exactly one half is no win.
        outcome = _compared(result.candidate, threshold.at_least, strictly=name == WIN_RATE)
        found.append(Criterion(name, "at_least", threshold.at_least, outcome))
    if threshold.better_by is not None and result.difference:
        outcome = _compared(result.difference, threshold.better_by, strictly=True)
        margins = [value - threshold.better_by for value in result.differences]
        if outcome is Outcome.PASSED and chance_of(margins) >= risk:
            outcome = Outcome.UNCLEAR
        found.append(Criterion(name, "better_by", threshold.better_by, outcome))
    return found


def _compared(estimate: Estimate, threshold: float, *, strictly: bool) -> Outcome:
    if estimate.low > threshold or (estimate.low == threshold and not strictly):
        return Outcome.PASSED
    if estimate.high < threshold or (estimate.high == threshold and strictly):
        return Outcome.FAILED
    return Outcome.UNCLEAR
