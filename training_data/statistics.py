"""What a dataset is like: tokens, turns, lengths, duplicates, similar records, classes. One pass.

Memory: some bytes a record, and 2 KB on average for each of those that are compared with each other.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from training_data.answer_classes import AnswerClasses, ClassBalance
from training_data.checking.record_check import PLACEHOLDER
from training_data.record_texts import Turns, exact_key, normalized_key, turns_in
from training_data.similar_records import SimilarPair, SimilarRecords
from training_data.sources.files import SourceError, SourceRecord
from training_data.sources.reading import AS_IT_IS, Reading
from training_data.sources.records import read_records
from training_data.token_estimate import estimated_tokens

SAMPLE_RECORDS, SAMPLE_CHARACTERS = 2000, 1000


@dataclass
class DatasetStatistics:
    """`tokens` holds each record's estimate, `sample` the beginnings of some records' texts, for their language."""

    tokens: list[int] = field(default_factory=list)
    turns: Counter[int] = field(default_factory=Counter)
    with_system: int = 0
    unreadable: list[SourceError] = field(default_factory=list)
    exact_duplicates: int = 0
    normalized_duplicates: int = 0
    sample: list[str] = field(default_factory=list)
    similar: list[SimilarPair] = field(default_factory=list)
    placeholders: int = 0
    classes: ClassBalance | None = None
    validation: "ValidationStatistics | None" = None


@dataclass
class ValidationStatistics:
    """What a validation set shares with the training set: the same records, and similar ones besides."""

    records: int = 0
    leaked: list[int] = field(default_factory=list)
    similar: list[SimilarPair] = field(default_factory=list)


def measure(file: Path, validation: Path | None = None, reading: Reading = AS_IT_IS) -> DatasetStatistics:
    """The statistics of files in any shape that kit data convert reads. Raises SourceError where one ends early."""
    statistics = DatasetStatistics()
    exact: set[bytes] = set()
    normalized: set[bytes] = set()
    similar, answers = SimilarRecords(), AnswerClasses()
    for source in _readable(file, reading, statistics.unreadable):
        turns = turns_in(source.value)
        _count(statistics, turns)
        answers.add(turns)
        exact.add(exact_key(turns))
        key = normalized_key(turns)
        if key not in normalized:
            normalized.add(key)
            similar.add(source.line, turns)
    statistics.exact_duplicates = len(statistics.tokens) - len(exact)
    statistics.normalized_duplicates = len(statistics.tokens) - len(normalized)
    statistics.classes = answers.balance()
    if validation:
        statistics.validation = _validation(validation, reading, normalized, similar, statistics.unreadable)
    for pair in similar.pairs():
        found = statistics.validation.similar if pair.held_out and statistics.validation else statistics.similar
        found.append(pair)
    return statistics


def _readable(file: Path, reading: Reading, unreadable: list[SourceError]) -> Iterator[SourceRecord]:
    for source in read_records(file, reading):
        if not isinstance(source, SourceError):
            yield replace(source, value=reading.renamed(source.value))
        elif source.ends:
            raise source
        else:
            unreadable.append(source)


def _validation(
    file: Path, reading: Reading, training: set[bytes], similar: SimilarRecords, unreadable: list[SourceError]
) -> ValidationStatistics:
    found = ValidationStatistics()
    for source in _readable(file, reading, unreadable):
        turns = turns_in(source.value)
        found.records += 1
        if normalized_key(turns) in training:
            found.leaked.append(source.line)
        else:
            similar.add(source.line, turns, held_out=True)
    return found


def _count(statistics: DatasetStatistics, turns: Turns) -> None:
    texts = [text for role, text in turns if role != "system"]
    statistics.with_system += len(texts) < len(turns)
    statistics.turns[len(texts)] += 1
    statistics.tokens.append(estimated_tokens(text for _, text in turns))
    statistics.placeholders += any(PLACEHOLDER.search(text) for _, text in turns)
    if len(statistics.sample) < SAMPLE_RECORDS:
        statistics.sample.append(" ".join(texts)[:SAMPLE_CHARACTERS])


def percentile(values: list[int], share: float) -> int:
    """The value that `share` of the values do not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0
