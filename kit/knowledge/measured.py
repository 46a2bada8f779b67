"""Asks every question in every way, several at a time, and scores what comes back.

A question that AWS refuses is no zero: it is left out of the scores and told, and the command ends with 1.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kit.knowledge.cases import Case
from kit.knowledge.deployed import Deployed
from kit.knowledge.judge import Judge
from kit.knowledge.question_cost import Cost, judge_cost, question_cost
from kit.knowledge.scores import answer_scores, retrieval_scores
from kit.knowledge.variants import Variant
from kit_contract.aws_errors import code_of, message_of


@dataclass(frozen=True)
class Answered:
    """One question in one way. `error` in place of everything else if AWS refused it. A job tells no seconds."""

    case: Case
    answer: str = ""
    sources: tuple[str, ...] = ()
    scores: dict[str, float | None] = field(default_factory=dict)
    search_seconds: float | None = None
    answer_seconds: float | None = None
    cost: Cost = field(default_factory=Cost)
    judge_cost: Cost = field(default_factory=Cost)
    error: str = ""


@dataclass(frozen=True)
class Judging:
    """`model`: an id or ARN."""

    judge: Judge
    model: str


def measure(
    deployed: Deployed,
    ways: Sequence[Variant],
    cases: Sequence[Case],
    judging: Judging | None,
    *,
    at_once: int,
    say: Callable[[int, int], None],
) -> list[list[Answered]]:
    """For each way the answers in the order of `cases`. `say` gets how many of all are done."""
    tasks = [(way, case) for way in ways for case in cases]
    deployed.client("bedrock-agent-runtime")  # clients are made here: making one is not safe in threads
    done: list[Answered] = []
    with ThreadPoolExecutor(at_once) as pool:
        try:
            for answered in pool.map(lambda task: _answered(deployed, task[0], task[1], judging), tasks):
                done.append(answered)
                say(len(done), len(tasks))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [done[start : start + len(cases)] for start in range(0, len(done), len(cases))]


def _answered(deployed: Deployed, way: Variant, case: Case, judging: Judging | None) -> Answered:
    try:
        return _asked(deployed, way, case, judging)
    except Exception as error:
        if not code_of(error):
            raise
        return Answered(case, error=f"{code_of(error)}: {message_of(error)}")


def _asked(deployed: Deployed, way: Variant, case: Case, judging: Judging | None) -> Answered:
    begun = time.monotonic()
    passages = way.search.passages(deployed.runtime, case.question)
    search_seconds = time.monotonic() - begun
    # RetrieveAndGenerate takes no managed one: only what it finds is measured.
    reply = None if way.search.managed else way.search.answer(deployed.runtime, case.question)
    said = reply.text if reply else ""
    texts = [passage.text for passage in passages]
    sources = tuple(passage.source for passage in passages)
    scores: dict[str, float | None] = {
        **retrieval_scores(case.documents, sources),
        **(answer_scores(case.question, case.answer, said, texts) if reply else {}),
    }
    paid = Cost(0.0)
    if judging and (reply or not case.documents):
        # Who names the documents of an answer knows better than a judge which passages fit.
        answer = reply.text if reply else None
        judged = judging.judge.judged(case.question, case.answer, answer, texts, passages_too=not case.documents)
        scores |= judged.scores
        paid = judge_cost(deployed, judging.model, judged.input_tokens, judged.output_tokens)
    cost = question_cost(deployed, way.search, way.description, case.question, texts, said)
    return Answered(case, said, sources, scores, search_seconds, reply.seconds if reply else None, cost, paid)


def as_record(answered: Answered) -> dict[str, Any]:
    if answered.error:
        return {"line": answered.case.line, "question": answered.case.question, "error": answered.error}
    return {
        "line": answered.case.line,
        "question": answered.case.question,
        "answer": answered.answer,
        "sources": list(answered.sources),
        "scores": answered.scores,
        "search_seconds": rounded(answered.search_seconds),
        "answer_seconds": rounded(answered.answer_seconds),
    }


def rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
