"""The log line, the metrics and the SSM parameter of an ingestion job."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from kit_contract.knowledge_base_ingestion import IngestionSettings
from knowledge_base_ingestion.ingestion_job import IngestionJob, IngestionPendingError, IngestionStatus
from knowledge_base_ingestion.ingestion_report import failed_documents, log_line, parameter_value

SETTINGS = IngestionSettings("KB12345678", "DS12345678", "/parameter", "N", "support/documents")
NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
REASON = "Encountered error: Ignored 2 files as their size is too large. [Files: s3://b/documents/a b.pdf, s3://b/c.md]"


def a_job(status: str = "COMPLETE", failed: int = 0, reasons: tuple[str, ...] = ()) -> IngestionJob:
    statistics = {"numberOfDocumentsScanned": 15, "numberOfNewDocumentsIndexed": 3, "numberOfDocumentsFailed": failed}
    return IngestionJob("JOB1234567", IngestionStatus(status), statistics, reasons)


def a_line(job: IngestionJob | None, error: Exception | None = None) -> dict[str, Any]:
    line = log_line(SETTINGS, messages=2, now=NOW, job=job, error=error)
    assert "\n" not in line
    value: dict[str, Any] = json.loads(line)
    return value


def test_line_carries_the_metrics_of_a_finished_job() -> None:
    line = a_line(a_job())
    names = [metric["Name"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert {name: line[name] for name in names} == {
        "DocumentsScanned": 15,
        "DocumentsNew": 3,
        "DocumentsModified": 0,
        "DocumentsDeleted": 0,
        "DocumentsFailed": 0,
        "Failures": 0,
    }
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["KnowledgeBase"]]
    assert line["_aws"]["Timestamp"] == 1795487400000
    assert (line["KnowledgeBase"], line["status"], line["messages"]) == ("support/documents", "COMPLETE", 2)


@pytest.mark.parametrize(
    ("job", "error", "failures"),
    [
        (a_job(failed=2), None, 2),
        (a_job("FAILED"), None, 1),
        (a_job("STOPPED"), None, 0),
        (None, ValueError(), 1),
        (a_job(), ValueError(), 1),
        (None, IngestionPendingError(), 0),
        (a_job("IN_PROGRESS", failed=1), IngestionPendingError(), 0),
    ],
)
def test_failures_count_documents_jobs_and_errors_but_not_waiting(
    job: IngestionJob | None, error: Exception | None, failures: int
) -> None:
    assert a_line(job, error)["Failures"] == failures


def test_line_contains_only_document_uris_from_the_reasons() -> None:
    line = a_line(a_job(failed=2, reasons=(REASON, REASON)))
    assert line["failed_documents"] == ["s3://b/documents/a b.pdf", "s3://b/c.md"]
    assert "too large" not in json.dumps(line)


def test_reasons_without_a_document_give_no_uris() -> None:
    assert failed_documents(["The role has no rights."]) == []


def test_parameter_holds_ten_reasons_and_fits_a_standard_parameter() -> None:
    text = parameter_value(a_job("FAILED", 50, tuple(f"{i}{'x' * 2000}" for i in range(50))), NOW)
    value = json.loads(text)
    assert len(text) <= 4096
    assert len(value["failure_reasons"]) == 10
    assert (value["job_id"], value["status"]) == ("JOB1234567", "FAILED")
    assert value["finished_at"] == "2026-11-24T02:30:00+00:00"
    assert value["statistics"]["numberOfDocumentsFailed"] == 50


def test_parameter_of_a_running_job_has_no_finish_time() -> None:
    assert json.loads(parameter_value(a_job("IN_PROGRESS"), NOW))["finished_at"] is None


def test_parameter_never_looks_like_a_reference() -> None:
    assert "{{" not in parameter_value(a_job(reasons=("bad name {{x}}",)), NOW)
