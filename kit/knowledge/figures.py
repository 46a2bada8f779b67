"""The figures of a way to ask: means with their confidence intervals, and what differs by more than chance. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from kit.knowledge.judge import JUDGED
from kit.knowledge.measured import Answered
from kit.knowledge.question_cost import Cost
from kit.knowledge.scores import SCORES
from kit_contract.rag_evaluation_jobs import METRICS as JOB_METRICS
from training_data.confidence import Estimate, chance_of, mean_of

CONFIDENCE = 0.95
METRICS = (*SCORES, *JUDGED, *JOB_METRICS)


@dataclass(frozen=True)
class Figures:
    """`estimates`: of the metrics that some question has. `cost`: of one question, on average."""

    name: str
    asked: int
    failed: int
    estimates: Mapping[str, Estimate]
    counted: Mapping[str, int]
    search_seconds: float | None
    answer_seconds: float | None
    cost: Cost
    judge_usd: float


def figures_of(name: str, answers: Sequence[Answered]) -> Figures:
    good = [one for one in answers if not one.error]
    scores = {metric: [value for one in good if (value := one.scores.get(metric)) is not None] for metric in METRICS}
    missing = dict.fromkeys(what for one in good for what in one.cost.missing)
    return Figures(
        name=name,
        asked=len(answers),
        failed=len(answers) - len(good),
        estimates={metric: mean_of(values, CONFIDENCE) for metric, values in scores.items() if values},
        counted={metric: len(values) for metric, values in scores.items() if values},
        search_seconds=_median(one.search_seconds for one in good),
        answer_seconds=_median(one.answer_seconds for one in good),
        cost=Cost(sum(one.cost.usd for one in good) / len(good) if good else 0.0, tuple(missing)),
        judge_usd=sum(one.judge_cost.usd for one in good),
    )


def _median(seconds: Iterable[float | None]) -> float | None:
    known = [value for value in seconds if value is not None]
    return median(known) if known else None


@dataclass(frozen=True)
class Difference:
    """Of the mean of one way from that of the first, over the questions that both have. `chance`: two-sided p."""

    metric: str
    difference: float
    chance: float
    questions: int


def differences(first: Sequence[Answered], other: Sequence[Answered]) -> list[Difference]:
    """Those that chance explains with less than 5 %, by a paired test."""
    found = []
    for metric in METRICS:
        pairs = [(one.scores.get(metric), two.scores.get(metric)) for one, two in zip(first, other, strict=True)]
        moved = [two - one for one, two in pairs if one is not None and two is not None]
        if not moved:
            continue
        chance = chance_of(moved)
        if chance < 1 - CONFIDENCE:
            found.append(Difference(metric, sum(moved) / len(moved), chance, len(moved)))
    return found
