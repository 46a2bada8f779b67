"""The lines of `kit data stats` that say what a dataset is worth: repeated and similar records, leakage, classes."""

from training_data.answer_classes import ClassBalance
from training_data.similar_records import MOST_RECORDS, THRESHOLD, SimilarPair
from training_data.statistics import DatasetStatistics, ValidationStatistics

SHOWN_PAIRS, SHOWN_CLASSES, SKEWED = 5, 20, 10


def worth_lines(statistics: DatasetStatistics) -> list[str]:
    compared = f", of the first {MOST_RECORDS:,}" if len(statistics.tokens) > MOST_RECORDS else ""
    lines = [
        f"similar to another ({THRESHOLD:g} of their runs of three words{compared}): "
        f"{_counted(len(statistics.similar))}{_pairs(statistics.similar)}",
        f"placeholders of a template: in {_counted(statistics.placeholders)}"
        f"{'; kit data check names them' if statistics.placeholders else ''}",
    ]
    if statistics.validation:
        lines += _validation(statistics.validation)
    return [*lines, *(_classes(statistics.classes) if statistics.classes else [])]


def _validation(validation: ValidationStatistics) -> list[str]:
    leaked, shown = len(validation.leaked), ", ".join(f"{line:,}" for line in validation.leaked[:SHOWN_PAIRS])
    return [
        f"validation set: {_counted(validation.records)}",
        f"  also in the training set: {_counted(leaked)}{_first('line' if leaked == 1 else 'lines', leaked, shown)}",
        f"  similar to a training record: {_counted(len(validation.similar))}{_pairs(validation.similar)}",
    ]


def _pairs(pairs: list[SimilarPair]) -> str:
    shown = ", ".join(f"{pair.later:,} and {pair.earlier:,} ({pair.similarity:.2f})" for pair in pairs[:SHOWN_PAIRS])
    return _first("lines", len(pairs), shown)


def _first(noun: str, count: int, shown: str) -> str:
    if not count:
        return ""
    return f"; {'the first: ' if count > SHOWN_PAIRS else ''}{noun} {shown}"


def _classes(balance: ClassBalance) -> list[str]:
    """A table of the answers, and a word where one outweighs another."""
    records = sum(count for _, count in balance.classes) + balance.others
    lines = [f"answers: {len(balance.classes)} short ones that come again and again"]
    lines += [f"  {count:>8,} {count / records:>4.0%}  {answer!r}" for answer, count in balance.classes[:SHOWN_CLASSES]]
    more = len(balance.classes) - SHOWN_CLASSES
    lines += [f"  and {more} more"] if more > 0 else []
    lines += [f"  {balance.others:>8,} {balance.others / records:>4.0%}  others"] if balance.others else []
    if balance.ratio >= SKEWED:
        fix = "the model will prefer the frequent one; add records of the rare ones"
        lines.append(f"  the most frequent comes {balance.ratio:,.0f} times as often as the rarest; {fix}")
    return lines


def _counted(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"
