"""The table of the demo: one line for each store and each way that it searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, median

HEADS = ("STORE", "SEARCHES BY", "RECALL@{k}", "P50", "P99", "INGESTED IN", "USD A MONTH, IDLE")


@dataclass(frozen=True)
class Asked:
    """Of one question: the share of its documents among the passages, and the seconds until they were there."""

    recall: float
    seconds: float


@dataclass(frozen=True)
class StoreResult:
    """`idle`: US dollars a month on AWS while nobody asks, "at least" where a price is unknown."""

    store: str
    searches_by: str
    asked: Sequence[Asked]
    ingestion_seconds: float
    idle: str

    @property
    def recall(self) -> float:
        return fmean(item.recall for item in self.asked)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of `values` that `percent` of them don't exceed."""
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def store_table(results: Sequence[StoreResult], passages: int) -> list[str]:
    """`passages`: how many each search returns."""
    rows = [tuple(head.format(k=passages) for head in HEADS), *(_cells(item) for item in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(item: StoreResult) -> tuple[str, ...]:
    seconds = [asked.seconds for asked in item.asked]
    slowest = f"{percentile(seconds, 99) * 1000:.0f} ms"
    return (
        item.store,
        item.searches_by,
        f"{item.recall:.2f}",
        f"{median(seconds) * 1000:.0f} ms",
        slowest,
        f"{item.ingestion_seconds:.1f} s",
        item.idle,
    )


def as_record(item: StoreResult) -> dict[str, object]:
    seconds = [asked.seconds for asked in item.asked]
    return {
        "store": item.store,
        "searches_by": item.searches_by,
        "recall": item.recall,
        "p50_seconds": median(seconds),
        "p99_seconds": percentile(seconds, 99),
        "ingestion_seconds": item.ingestion_seconds,
        "idle_usd_a_month": item.idle,
    }
