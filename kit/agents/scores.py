"""What an answer of an agent is worth: right tools, right arguments, right answer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.agents.cases import Case, ExpectedCall
from kit.agents.judge import Verdict
from training_data.text_metrics import token_f1

ENOUGH = 0.5  # token F1 of an answer that counts as right


@dataclass(frozen=True)
class Score:
    """None: not asked for. `answer`: 0 to 1. `verdict`: a judge's, in place of the words that answers share."""

    tools: bool | None
    arguments: bool | None
    answer: float | None
    verdict: Verdict | None = None

    @property
    def passed(self) -> bool:
        right = self.answer is None or self.answer >= (ENOUGH if self.verdict is None else 1.0)
        return self.tools is not False and self.arguments is not False and right


def score(case: Case, output: str, calls: Sequence[Mapping[str, Any]], verdict: Verdict | None = None) -> Score:
    """`calls`: the tools of the answer, each with name and arguments."""
    answer = _answer(case, output, verdict)
    if case.tools is None:
        return Score(None, None, answer, verdict)
    same = Counter(expected.name for expected in case.tools) == Counter(call["name"] for call in calls)
    given = [expected for expected in case.tools if expected.arguments]
    arguments = _all_made(given, calls) if given else None
    return Score(same, arguments, answer, verdict)


def _answer(case: Case, output: str, verdict: Verdict | None) -> float | None:
    """The lowest of what is expected: each has to hold. A judge without a verdict is no pass."""
    text = " ".join(output.split()).lower()
    found = [float(" ".join(part.split()).lower() in text) for part in case.contains]
    found += [float(case.matches.search(output) is not None)] if case.matches else []
    if verdict is not None:
        found.append(verdict.score or 0.0)
    elif case.answer:
        found.append(token_f1(output, case.answer))
    return min(found) if found else None


def _all_made(expected: Sequence[ExpectedCall], calls: Sequence[Mapping[str, Any]]) -> bool:
    """Whether each of `expected` is a call of its own."""
    if not expected:
        return True
    first, rest = expected[0], expected[1:]
    fitting = [index for index, call in enumerate(calls) if _fits(first, call)]
    return any(_all_made(rest, [*calls[:index], *calls[index + 1 :]]) for index in fitting)


def _fits(expected: ExpectedCall, call: Mapping[str, Any]) -> bool:
    given = call["arguments"]
    return call["name"] == expected.name and all(
        name in given and _same(value, given[name]) for name, value in expected.arguments.items()
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split() or one.strip().lower() == other.strip().lower()
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)  # Python takes true for 1
