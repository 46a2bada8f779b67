"""A judge model scores answers, and passages where the file names no documents. No verdict is no score.

recall     share of the expected answer's statements that the passages support
precision  share of the passages that help to answer
faithful   share of the answer's statements that the passages support
correct    1 if the answer says what the expected one says and nothing against it, 0.5 if something is missing
The first three are those of Es et al., RAGAS, https://arxiv.org/abs/2309.15217, counted by the judge in one answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit.answer_judge import CORRECT, RIGHT, WARNING, asked, last, plain

JUDGED = ("faithful", "correct")
PASSAGES = (
    f"You judge what a search has found for a question. {WARNING} Count the statements of the expected answer and "
    "those that the passages support. List the numbers of the passages that help to answer, or none. End with "
    "<statements>N</statements><supported>N</supported><helpful>1,3</helpful>."
)
ANSWER = (
    f"You judge the answer to a question. {WARNING} Count the statements of the answer and those that the passages "
    f"support. {RIGHT} End with "
    "<statements>N</statements><supported>N</supported><correct>yes|partly|no</correct>."
)


@dataclass(frozen=True)
class Judged:
    """`input_tokens` and `output_tokens` were paid for."""

    scores: dict[str, float | None]
    input_tokens: int = 0
    output_tokens: int = 0


class Judge:
    """Asks `model`, an id or ARN, through Converse. Rights: bedrock:InvokeModel on it."""

    def __init__(self, runtime: Any, model: str) -> None:
        self._runtime = runtime
        self._model = model

    def judged(
        self, question: str, expected: str, answer: str | None, passages: Sequence[str], *, passages_too: bool
    ) -> Judged:
        """Without an `answer` of the passages only."""
        shown = "".join(
            f'<passage number="{number}">\n{plain(text)}\n</passage>\n' for number, text in enumerate(passages, start=1)
        )
        parts = {"question": question, "expected_answer": expected}
        scores: dict[str, float | None] = {}
        given = made = 0
        if answer is not None:
            said, given, made = self._said(ANSWER, {**parts, "answer": answer}, shown)
            scores = {"faithful": _share(said), "correct": CORRECT.get(last(said, "correct").lower())}
        if not passages_too:
            return Judged(scores, given, made)
        found, more_given, more_made = self._said(PASSAGES, parts, shown)
        scores |= {"recall": _share(found), "precision": _helpful(found, len(passages))}
        return Judged(scores, given + more_given, made + more_made)

    def _said(self, system: str, parts: dict[str, str], passages: str) -> tuple[str, int, int]:
        return asked(self._runtime, self._model, system, parts, f"\n<passages>\n{passages}</passages>")


def _share(said: str) -> float | None:
    """None if one is missing or the counts do not fit each other."""
    statements, supported = last(said, "statements"), last(said, "supported")
    if not (statements.isdecimal() and supported.isdecimal() and 0 < int(statements) >= int(supported)):
        return None
    return int(supported) / int(statements)


def _helpful(said: str, passages: int) -> float | None:
    if "<helpful>" not in said.lower():
        return None
    numbers = {int(number) for number in re.findall(r"\d+", last(said, "helpful"))}
    return len([number for number in numbers if 1 <= number <= passages]) / passages if passages else 0.0
