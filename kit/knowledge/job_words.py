"""An ingestion job in words and as a record for programs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kit.runs.words import iso, time_of

FINAL = ("COMPLETE", "FAILED", "STOPPED")
# Bedrock's statistic -> its word and its name in JSON.
STATISTICS = {
    "numberOfDocumentsScanned": "scanned",
    "numberOfNewDocumentsIndexed": "new",
    "numberOfModifiedDocumentsIndexed": "modified",
    "numberOfMetadataDocumentsModified": "metadata",
    "numberOfDocumentsDeleted": "deleted",
    "numberOfDocumentsSkipped": "skipped",
    "numberOfDocumentsFailed": "failed",
}
ALWAYS = ("scanned", "new", "failed")


def is_final(job: Mapping[str, Any]) -> bool:
    return job["status"] in FINAL


def counts(job: Mapping[str, Any]) -> str:
    """Such as "18 scanned, 2 new, 0 failed"; of the others, those that are not 0."""
    numbers = as_counts(job)
    return ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number or word in ALWAYS)


def as_counts(job: Mapping[str, Any]) -> dict[str, int]:
    statistics = job.get("statistics") or {}
    return {word: int(statistics.get(name, 0)) for name, word in STATISTICS.items()}


def reasons(job: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(job.get("failureReasons") or ())


def line(job: Mapping[str, Any]) -> str:
    return f"{time_of(job['startedAt'])}  {job['status']:<11}  {counts(job)}  ({job['ingestionJobId']})"


def as_record(job: Mapping[str, Any]) -> dict[str, Any]:
    started: datetime | None = job.get("startedAt")
    return {
        "job_id": job["ingestionJobId"],
        "status": job["status"],
        "started_at": iso(started),
        "updated_at": iso(job.get("updatedAt")),
        **as_counts(job),
        "failure_reasons": list(reasons(job)),
    }
