"""What a dataset is like: tokens, turns, lengths, duplicates. One pass, some bytes of memory a record."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from training_data.record_texts import Turns, exact_key, normalized_key, turns_in
from training_data.sources.files import SourceError
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


def measure(file: Path) -> DatasetStatistics:
    """The statistics of a file in any shape that kit data convert reads. Raises SourceError where it ends early."""
    statistics = DatasetStatistics()
    exact: set[bytes] = set()
    normalized: set[bytes] = set()
    for source in read_records(file):
        if isinstance(source, SourceError):
            if source.ends:
                raise source
            statistics.unreadable.append(source)
            continue
        turns = turns_in(source.value)
        _count(statistics, turns)
        exact.add(exact_key(turns))
        normalized.add(normalized_key(turns))
    statistics.exact_duplicates = len(statistics.tokens) - len(exact)
    statistics.normalized_duplicates = len(statistics.tokens) - len(normalized)
    return statistics


def _count(statistics: DatasetStatistics, turns: Turns) -> None:
    texts = [text for role, text in turns if role != "system"]
    statistics.with_system += len(texts) < len(turns)
    statistics.turns[len(texts)] += 1
    statistics.tokens.append(estimated_tokens(text for _, text in turns))
    if len(statistics.sample) < SAMPLE_RECORDS:
        statistics.sample.append(" ".join(texts)[:SAMPLE_CHARACTERS])


def percentile(values: list[int], share: float) -> int:
    """The value that `share` of the values do not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0
