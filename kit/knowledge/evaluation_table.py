"""The table of `kit knowledge evaluate`, and the same for programs."""

import json
from collections.abc import Sequence
from typing import Any

from kit.knowledge.figures import CONFIDENCE, METRICS, Difference, Figures
from kit.knowledge.measured import Answered, as_record, rounded
from kit.runs.words import UNKNOWN, usd
from kit.table import table
from kit_contract.counted import counted
from training_data.confidence import Estimate

SHOWN_ERRORS = 5
MOST_COLUMNS = 7  # more metrics than that are rows, with the ways beside each other
# Headings that fit; the names are those of --at-least and of JSON.
HEADS = {metric: metric.replace("token_f1", "f1") for metric in METRICS}


def as_text(
    found: Sequence[Figures], moved: Sequence[Sequence[Difference]], answers: Sequence[Sequence[Answered]]
) -> list[str]:
    metrics = [metric for metric in METRICS if any(metric in one.estimates for one in found)]
    head = ("", *(HEADS[metric].upper() for metric in metrics), "SECONDS", "USD EACH")
    rows = [head]
    for one in found:
        cells = [_cell(one.estimates.get(metric)) for metric in metrics]
        rows.append((one.name, *cells, _seconds(one), UNKNOWN if one.failed == one.asked else usd(one.cost.usd)))
    lines = [
        *table(rows if len(metrics) <= MOST_COLUMNS else list(zip(*rows, strict=True))),
        "",
        f"{counted(found[0].asked, 'question')} each. Mean and {CONFIDENCE:.0%} interval; SECONDS: median of search + "
        "answer; USD EACH: at least, by estimate.",
    ]
    if missing := dict.fromkeys(what for one in found for what in one.cost.missing):
        lines.append(f"Not in USD EACH, as their prices are unknown: {', '.join(missing)}")
    if paid := sum(one.judge_usd for one in found):
        lines.append(f"The judge's calls cost about USD {usd(paid)} in all.")
    if metrics and "recall" not in metrics:
        lines.append("Recall and precision are unknown: name the documents of the questions, or a judge.")
    lines += [_difference(one.name, found[0].name, items) for one, items in list(zip(found, moved, strict=True))[1:]]
    return lines + _errors(found, answers)


def _cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return UNKNOWN
    return f"{estimate.mean:.2f} {_short(estimate.low)}-{_short(estimate.high)}"


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _seconds(one: Figures) -> str:
    if one.search_seconds is None:
        return UNKNOWN
    if one.answer_seconds is None:  # of a managed one, which only searches
        return f"{one.search_seconds:.2f}"
    return f"{one.search_seconds:.2f}+{one.answer_seconds:.2f}"


def _difference(name: str, first: str, items: Sequence[Difference]) -> str:
    if not items:
        return f"{name}: no difference from {first} that chance does not explain"
    said = ", ".join(f"{item.metric} {item.difference:+.2f} (p={item.chance:.3f})" for item in items)
    return f"{name}: differs from {first}: {said}"


def _errors(found: Sequence[Figures], answers: Sequence[Sequence[Answered]]) -> list[str]:
    lines = [
        f"{one.name}: AWS refused line {answer.case.line}: {answer.error}"
        for one, of in zip(found, answers, strict=True)
        for answer in of
        if answer.error
    ]
    more = len(lines) - SHOWN_ERRORS
    return lines[:SHOWN_ERRORS] + ([f"and {more} more: --json"] if more > 0 else [])


def as_json(found: Sequence[Figures], answers: Sequence[Sequence[Answered]], below: Sequence[str]) -> str:
    ways: list[dict[str, Any]] = []
    for one, of in zip(found, answers, strict=True):
        ways.append(
            {
                "name": one.name,
                "questions": one.asked,
                "refused": one.failed,
                "metrics": {
                    metric: {**estimate._asdict(), "questions": one.counted[metric]}
                    for metric, estimate in one.estimates.items()
                },
                "search_seconds": rounded(one.search_seconds),
                "answer_seconds": rounded(one.answer_seconds),
                "usd_each_at_least": one.cost.usd,
                "unknown_prices": list(one.cost.missing),
                "judge_usd": one.judge_usd,
                "answers": [as_record(answer) for answer in of],
            }
        )
    return json.dumps({"confidence": CONFIDENCE, "ways": ways, "below": list(below)}, indent=1, ensure_ascii=False)
