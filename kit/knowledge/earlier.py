"""The figures of an earlier evaluation, from what it wrote with --save: of a setting that is not deployed any more."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kit.knowledge.cases import Case
from kit.knowledge.measured import Answered
from kit.knowledge.question_cost import Cost
from kit_contract.errors import InputError


def read_earlier(file: Path, cases: Sequence[Case]) -> list[tuple[str, list[Answered]]]:
    """Name -> answers in the order of `cases`. Raises InputError for another file, or one of other questions."""
    try:
        ways = json.loads(file.read_text(encoding="utf-8"))["ways"]
        found = [(f"{file.stem}: {way['name']}", _answers(way)) for way in ways]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is not what kit knowledge evaluate --save writes: {error!r}") from None
    for _, answers in found:
        if set(answers) != {case.question for case in cases}:
            raise InputError(f"{file} has other questions; compare figures of one file of questions")
    return [(name, [answers[case.question] for case in cases]) for name, answers in found]


def _answers(way: dict[str, Any]) -> dict[str, Answered]:
    each, judged = way["usd_each_at_least"], way["judge_usd"] / max(1, way["questions"] - way["refused"])
    cost = Cost(each, tuple(way["unknown_prices"]))
    return {record["question"]: _answered(record, cost, Cost(judged)) for record in way["answers"]}


def _answered(record: dict[str, Any], cost: Cost, judge_cost: Cost) -> Answered:
    case = Case(record["line"], record["question"], "")
    if "error" in record:
        return Answered(case, error=record["error"])
    return Answered(
        case,
        record["answer"],
        tuple(record["sources"]),
        record["scores"],
        record["search_seconds"],
        record["answer_seconds"],
        cost,
        judge_cost,
    )
