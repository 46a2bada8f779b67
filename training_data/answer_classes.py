"""How often each answer occurs where answers are classes: few short ones that come back again and again. Pure."""

from collections import Counter
from dataclasses import dataclass

from training_data.record_texts import Turns

LONGEST_CLASS, MOST_CLASSES, MOST_REMEMBERED = 60, 50, 1_000
SHARE_OF_RECORDS, RECORDS_PER_CLASS = 0.8, 5


@dataclass(frozen=True)
class ClassBalance:
    """`classes` are (answer, records), the most frequent first; `others` records have another answer."""

    classes: tuple[tuple[str, int], ...]
    others: int

    @property
    def ratio(self) -> float:
        """How many times more frequent the most frequent class is than the rarest."""
        return self.classes[0][1] / self.classes[-1][1]


class AnswerClasses:
    """Call `add` for each record, then `balance`."""

    def __init__(self) -> None:
        self._answers: Counter[str] = Counter()
        self._records = 0

    def add(self, turns: Turns) -> None:
        self._records += 1
        answer = turns[-1][1].strip() if turns and turns[-1][0] == "assistant" else ""
        known = answer in self._answers or len(self._answers) < MOST_REMEMBERED
        if answer and len(answer) <= LONGEST_CLASS and known:
            self._answers[answer] += 1

    def balance(self) -> ClassBalance | None:
        """None where the answers are no classes."""
        repeated = [(answer, count) for answer, count in self._answers.most_common() if count > 1]
        covered = sum(count for _, count in repeated)
        few = 2 <= len(repeated) <= MOST_CLASSES and covered >= RECORDS_PER_CLASS * len(repeated)
        if not few or covered < SHARE_OF_RECORDS * self._records:
            return None
        return ClassBalance(tuple(repeated), self._records - covered)
