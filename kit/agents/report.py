"""Prints the results of an evaluation of an agent as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit.agents.cases import Case
from kit.agents.scores import Score
from kit.table import table
from kit_contract.counted import counted

HEAD = ("LINE", "PASSED", "TOOLS", "ARGUMENTS", "ANSWER", "STEPS", "TOKENS", "USD", "SECONDS", "QUESTION")
JUDGED = ("JUDGE", "JUDGE USD")  # before the seconds
WIDTH = 40
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """`score` is None if the agent gave no answer, and `error` says why. `usd` is None if a price is unknown.

    `judge_usd`: what the verdict has cost; None if there is none, or its price is unknown.
    """

    case: Case
    score: Score | None
    output: str
    calls: list[dict[str, Any]]
    tokens: int | None
    usd: float | None
    seconds: float
    error: str | None = None
    judge_usd: float | None = None

    @property
    def passed(self) -> bool:
        return self.score is not None and self.score.passed


def share(results: Sequence[Result]) -> float:
    """Of the cases that have passed."""
    return sum(result.passed for result in results) / len(results)


def as_table(agent: str, results: Sequence[Result]) -> str:
    judged = any(result.score and result.score.verdict for result in results)
    head = (*HEAD[:-2], *JUDGED, *HEAD[-2:]) if judged else HEAD
    lines = table([head, *(_row(result, judged=judged) for result in results)])
    for result in results:
        if not result.passed:
            lines += ["", *_why(result)]
    return "\n".join([*lines, "", _summary(agent, results)])


def as_json(agent: str, results: Sequence[Result]) -> str:
    cases = [
        {
            "line": result.case.number,
            "question": result.case.question,
            "passed": result.passed,
            "tools_right": result.score.tools if result.score else None,
            "arguments_right": result.score.arguments if result.score else None,
            "answer_score": result.score.answer if result.score else None,
            "output": result.output,
            "calls": result.calls,
            "steps": len(result.calls),
            "tokens": result.tokens,
            "usd": result.usd,
            **_verdict(result),
            "seconds": round(result.seconds, 3),
            "error": result.error,
        }
        for result in results
    ]
    return json.dumps({"agent": agent, "passed": share(results), "cases": cases}, indent=2, ensure_ascii=False)


def _verdict(result: Result) -> dict[str, Any]:
    verdict = result.score.verdict if result.score else None
    if verdict is None:
        return {}
    return {"verdict": verdict.word, "verdict_reason": verdict.reason, "judge_usd": result.judge_usd}


def _row(result: Result, *, judged: bool) -> tuple[str, ...]:
    question = result.case.question
    shown = question if len(question) <= WIDTH else f"{question[: WIDTH - 3]}..."
    score = result.score
    verdict = score.verdict if score else None
    paid = UNKNOWN if result.judge_usd is None else f"{result.judge_usd:.5f}"
    judge = (verdict.word, paid) if verdict else ("-", "-")
    return (
        str(result.case.number),
        "error" if score is None else _yes(result.passed),
        _yes(score.tools if score else None),
        _yes(score.arguments if score else None),
        "-" if score is None or score.answer is None else f"{score.answer:.2f}",
        str(len(result.calls)),
        UNKNOWN if result.tokens is None else f"{result.tokens:,}",
        UNKNOWN if result.usd is None else f"{result.usd:.5f}",
        *(judge if judged else ()),
        f"{result.seconds:.1f}",
        shown,
    )


def _why(result: Result) -> list[str]:
    if result.error:
        return [f"line {result.case.number}: {result.error}"]
    lines = [f"line {result.case.number}: {result.case.question}"]
    score = result.score
    if score and False in (score.tools, score.arguments):
        wanted = [{"name": call.name, "arguments": call.arguments} for call in result.case.tools or ()]
        lines += [f"  expected {_calls(wanted)}", f"  called   {_calls(result.calls)}"]
    if score and score.verdict:
        lines += [f"  expected {result.case.answer}", f"  judged   {score.verdict.word}: {score.verdict.reason}"]
    return [*lines, f"  answered {' '.join(result.output.split())[:200]}"]


def _calls(calls: Sequence[Any]) -> str:
    made = [f"{call['name']} {json.dumps(call['arguments'], ensure_ascii=False)}" for call in calls]
    return ", ".join(made) or "nothing"


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "-"}[value]


def _summary(agent: str, results: Sequence[Result]) -> str:
    passed = sum(result.passed for result in results)
    known = [result.usd for result in results if result.usd is not None]
    least = "" if len(known) == len(results) else "at least "
    cost = f"{least}{sum(known):.5f} USD for the model's tokens" if known else "the model's tokens have no known price"
    paid = [result.judge_usd for result in results if result.judge_usd is not None]
    judge = f", and {sum(paid):.5f} USD for the judge's" if paid else ""
    return f"{agent}: {passed} of {counted(len(results), 'case')} passed ({share(results):.0%}); {cost}{judge}"
