"""Reports an ingestion job: one log line with the metrics, and the value of the SSM parameter.

The log contains S3 URIs of documents, never their content.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kit_contract.errors import RetryLaterError
from kit_contract.knowledge_base_ingestion import FAILURES_METRIC, METRIC_DIMENSION, IngestionSettings
from knowledge_base_ingestion.ingestion_job import IngestionJob, IngestionStatus

METRICS = {
    "DocumentsScanned": "numberOfDocumentsScanned",
    "DocumentsNew": "numberOfNewDocumentsIndexed",
    "DocumentsModified": "numberOfModifiedDocumentsIndexed",
    "DocumentsDeleted": "numberOfDocumentsDeleted",
    "DocumentsFailed": "numberOfDocumentsFailed",
}
LISTED_FAILURES = 10
# Ten reasons and the statistics fit into the 4,096 characters of a standard parameter.
REASON_CHARACTERS = 300
_DOCUMENT = re.compile(r"s3://.+?(?=,\s*s3://|\]|$)")


def log_line(
    settings: IngestionSettings, *, messages: int, now: datetime, job: IngestionJob | None, error: Exception | None
) -> str:
    """One line of JSON, from which CloudWatch extracts metrics."""
    values = _values(job, error) if job is None or job.status.is_final else {FAILURES_METRIC: 0}
    line: dict[str, Any] = {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": settings.metric_namespace,
                    "Dimensions": [[METRIC_DIMENSION]],
                    "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
                }
            ],
        },
        METRIC_DIMENSION: settings.metric_name,
        **values,
        "messages": messages,
        "job_id": job.job_id if job else None,
        "status": job.status if job else None,
        "failed_documents": failed_documents(job.failure_reasons) if job else [],
        "error": type(error).__name__ if error else None,
    }
    return json.dumps(line)


def _values(job: IngestionJob | None, error: Exception | None) -> dict[str, int]:
    if job is None:
        return {FAILURES_METRIC: 0 if isinstance(error, RetryLaterError) else 1}
    counts = {name: job.statistics.get(source, 0) for name, source in METRICS.items()}
    whole_job = job.status is IngestionStatus.FAILED or error is not None
    return {**counts, FAILURES_METRIC: counts["DocumentsFailed"] + whole_job}


def failed_documents(reasons: Iterable[str]) -> list[str]:
    """The S3 URIs in Bedrock's reasons, in their order, without duplicates."""
    return list(dict.fromkeys(address for reason in reasons for address in _DOCUMENT.findall(reason)))


def parameter_value(job: IngestionJob, finished_at: datetime) -> str:
    """JSON: job_id, status, statistics, failure_reasons (the first ten), finished_at (null while the job runs)."""
    value = json.dumps(
        {
            "job_id": job.job_id,
            "status": job.status,
            "statistics": job.statistics,
            "failure_reasons": [reason[:REASON_CHARACTERS] for reason in job.failure_reasons[:LISTED_FAILURES]],
            "finished_at": finished_at.isoformat(timespec="seconds") if job.status.is_final else None,
        },
        ensure_ascii=False,
    )
    return value.replace("{{", "{ {")  # SSM rejects values that look like a parameter reference
