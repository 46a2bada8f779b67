"""The output of evaluation jobs as the scores of questions. Pure.

AWS's user guide does not describe the output of RagEvaluation jobs. What is read: `results` of each conversation turn,
or `automatedEvaluationResult.scores` as jobs of models have them; the question is in the turn or its `inputRecord`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.knowledge.cases import Case
from kit.knowledge.search import source_of
from kit_contract.errors import ExternalError
from kit_contract.rag_evaluation_jobs import ABSENCE, METRICS

NAMES = {bedrock: name for name, bedrock in METRICS.items()}


@dataclass
class Judged:
    """One question. `scores` has None where the metric does not apply."""

    scores: dict[str, float | None] = field(default_factory=dict)
    answer: str = ""
    passages: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def read_results(files: Iterable[bytes], cases: Sequence[Case], where: str) -> list[Judged]:
    """In the order of `cases`. `where` is named in errors. Raises ExternalError for what can't be read."""
    found: dict[str, Judged] = {}
    try:
        for turn in _turns(files):
            _add(turn, found)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ExternalError(f"the results of {where} can't be read by this release: {error!r}") from None
    missing = [case for case in cases if _key(case.question) not in found]
    if len(missing) == len(cases):
        raise ExternalError(f"the results of {where} have none of the questions; this release can't read them")
    return [found.get(_key(case.question), Judged()) for case in cases]


def _turns(files: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    for line in (line for file in files for line in file.splitlines() if line.strip()):
        record = json.loads(line)
        whole = record.get("automatedEvaluationResult")
        for turn in record.get("conversationTurns") or record["inputRecord"]["conversationTurns"]:
            yield {**turn, "results": turn["results"] if "results" in turn else whole["scores"]}


def _add(turn: Mapping[str, Any], found: dict[str, Judged]) -> None:
    prompt = (turn.get("inputRecord") or turn)["prompt"]
    judged = found.setdefault(_key(prompt["content"][0]["text"]), Judged())
    for score in turn["results"]:
        if name := NAMES.get(score["metricName"]):
            judged.scores[name] = _score(name, score.get("result"))
    output = turn.get("output") or {}
    judged.answer = output.get("text") or judged.answer
    retrieved = output.get("retrievedPassages") or output.get("retrievedResults") or {}
    if results := retrieved.get("retrievalResults"):
        judged.passages = [str((item.get("content") or {}).get("text", "")) for item in results]
        judged.sources = [source_of(item) for item in results]


def _score(name: str, result: float | None) -> float | None:
    if result is None:
        return None
    if not 0 <= result <= 1:
        raise ValueError(f"{METRICS[name]} must be from 0 to 1, got {result}")
    return 1.0 - result if name.startswith(ABSENCE) else float(result)


def _key(question: str) -> str:
    """By words: white space may not come back as it was sent."""
    return " ".join(question.split())
