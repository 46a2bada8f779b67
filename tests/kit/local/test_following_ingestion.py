"""`kit local up` follows an ingestion as Bedrock counts it, and shows Bedrock's reasons when it fails."""

import io
from pathlib import Path
from typing import Any

import pytest

from kit.local import following_ingestion
from kit.local.following_ingestion import follow_ingestion
from kit.progress import Progress
from kit_contract.errors import ExternalError
from tests.deployment_file import shipped_config

OUTPUTS = {
    "stack": {"KnowledgeBaseId": "KB12345678", "DataSourceId": "DS12345678", "IngestionQueueUrl": "https://queue"}
}
COUNTS = (
    "numberOfDocumentsScanned",
    "numberOfNewDocumentsIndexed",
    "numberOfModifiedDocumentsIndexed",
    "numberOfDocumentsFailed",
)


class Aws:
    """Stands for the clients of bedrock-agent and SQS."""

    def __init__(
        self, status: str, scanned: int, *, waiting: list[int] | None = None, reasons: tuple[str, ...] = ()
    ) -> None:
        statistics = {**dict.fromkeys(COUNTS, 0), "numberOfDocumentsScanned": scanned}
        self.job: dict[str, Any] = {"ingestionJobId": "JOB1", "startedAt": 1, "status": status}
        self.job |= {"statistics": statistics, "failureReasons": list(reasons)}
        self.waiting = waiting or [0]
        self.documents: list[dict[str, Any]] = []

    def has(self, name: str, status: str, reason: str | None = None) -> None:
        identifier = {"dataSourceType": "S3", "s3": {"uri": f"s3://bucket/documents/{name}"}}
        reasons = {"statusReason": reason} if reason else {}
        self.documents.append({"identifier": identifier, "status": status, **reasons})

    def __call__(self, _: str) -> "Aws":
        return self

    def list_ingestion_jobs(self, **_: str) -> dict[str, Any]:
        return {"ingestionJobSummaries": [self.job]}

    def get_paginator(self, operation: str) -> "Aws":
        assert operation == "list_knowledge_base_documents"
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"documentDetails": [document]} for document in self.documents]

    def get_ingestion_job(self, **_: str) -> dict[str, Any]:
        return {"ingestionJob": self.job}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        count = self.waiting.pop(0) if len(self.waiting) > 1 else self.waiting[0]
        return {"Attributes": {"ApproximateNumberOfMessages": count, "ApproximateNumberOfMessagesNotVisible": "0"}}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_ingestion, "INGESTION_TIMEOUT_SECONDS", 1.0)


def follow(folder: Path, aws: Aws) -> str:
    config, output = shipped_config(), io.StringIO()
    assert config.knowledge_base
    section = config.knowledge_base.model_copy(update={"documents": folder})
    follow_ingestion(config.model_copy(update={"knowledge_base": section}), OUTPUTS, aws, Progress(1, output))
    return output.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.md", "a.md.metadata.json", ".DS_Store", "Thumbs.db", "manuals/b.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    return tmp_path


def test_metadata_and_files_that_are_not_uploaded_are_no_documents(folder: Path) -> None:
    assert "2 documents" in follow(folder, Aws("COMPLETE", 2))


def test_of_several_knowledge_bases_each_line_names_its_own(folder: Path) -> None:
    config, output = shipped_config(), io.StringIO()
    assert config.knowledge_base
    section = config.knowledge_base.model_copy(update={"documents": folder})
    several = config.model_copy(update={"knowledge_base": section, "knowledge_bases": {"handbooks": section}})
    stack, values = next(iter(OUTPUTS.items()))
    outputs = {stack: {**values, **{f"Handbooks{name}": value for name, value in values.items()}}}

    follow_ingestion(several, outputs, Aws("COMPLETE", 2), Progress(1, output))

    lines = [line.strip() for line in output.getvalue().splitlines() if " documents: " in line]
    assert [line.split(":")[0] for line in lines] == ["documents", "handbooks"]


def test_it_waits_for_the_ingestion_that_is_still_in_the_queue(folder: Path) -> None:
    aws = Aws("COMPLETE", 2, waiting=[1, 1, 0])

    follow(folder, aws)

    assert aws.waiting == [0]


def test_messages_that_are_delivered_again_later_are_named(folder: Path) -> None:
    with pytest.raises(ExternalError) as raised:
        follow(folder, Aws("COMPLETE", 2, waiting=[3]))

    assert str(raised.value) == (
        "3 messages about changes waited in the queue after 1.0 s, though the documents are ingested; one that "
        "failed comes again within 16 minutes: run make up then, or see .local/aws/emulator.log"
    )


def test_a_failed_job_shows_bedrocks_reasons(folder: Path) -> None:
    with pytest.raises(ExternalError, match=r"ingestion failed: the role may not read; b\.md"):
        follow(folder, Aws("FAILED", 0, reasons=("the role may not read", "b.md")))


def test_an_incomplete_ingestion_shows_counts_and_reasons(folder: Path) -> None:
    with pytest.raises(
        ExternalError,
        match=r"ingestion of 2 documents was not complete .* COMPLETE with 1 scanned and 0 failed; too large: b\.md",
    ):
        follow(folder, Aws("COMPLETE", 1, reasons=("too large: b.md",)))


def test_a_failure_shows_the_reason_of_each_document_that_was_not_indexed(folder: Path) -> None:
    aws = Aws("COMPLETE", 1)
    aws.has("a.md", "INDEXED")
    aws.has("b.png", "IGNORED", "not supported")
    for number in range(10):
        aws.has(f"{number}.md", "FAILED")

    with pytest.raises(ExternalError) as raised:
        follow(folder, aws)

    lines = str(raised.value).splitlines()
    assert lines[1] == "  s3://bucket/documents/b.png is IGNORED: not supported"
    assert lines[2] == "  s3://bucket/documents/0.md is FAILED: see the reasons above"
    assert (len(lines), lines[-1]) == (12, "  and 1 more")
    assert "a.md" not in str(raised.value)


def test_a_knowledge_base_without_documents_has_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    config, output = shipped_config(), io.StringIO()
    assert config.knowledge_base
    section = config.knowledge_base.model_copy(update={"documents": None})
    aws = Aws("COMPLETE", 0, waiting=[1, 0])
    monkeypatch.setattr(aws, "list_ingestion_jobs", lambda **_: {"ingestionJobSummaries": []})

    follow_ingestion(config.model_copy(update={"knowledge_base": section}), OUTPUTS, aws, Progress(1, output))

    assert aws.waiting == [0]  # its web pages are crawled first
    assert "no documents in a folder; for its sources: kit knowledge status" in output.getvalue()
