"""Ingestions: what they count, one at a time, the status of each document, and what they need."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, code, make_role, running


def counts(job: dict[str, Any]) -> tuple[int, ...]:
    names = ("Scanned", "NewDocumentsIndexed", "ModifiedDocumentsIndexed", "Deleted", "Failed")
    plain = ("numberOfDocumentsScanned", "numberOfDocumentsDeleted", "numberOfDocumentsFailed")
    statistics = job["statistics"]
    return tuple(
        statistics[f"numberOfDocuments{name}" if f"numberOfDocuments{name}" in plain else f"numberOf{name}"]
        for name in names
    )


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


@pytest.fixture(scope="module")
def role(clients: Clients) -> str:
    return make_role(clients, "knowledge", ["s3:GetObject"], "arn:aws:s3:::*/*")


def test_ingestion_counts_new_changed_deleted_and_unreadable_documents(clients: Clients, role: str) -> None:
    base = KnowledgeBase(clients, "changes-bucket", role)
    base.put("a.md", b"# Apples\nApples are red and grow on trees in the orchard.")
    base.put("b.html", b"<html><head><title>x</title></head><body><h1>Pears</h1><p>Pears &amp; figs.</p></body></html>")
    base.put("c.csv", b"fruit,colour\nbanana,yellow\n")
    base.put("d.xyz", b"what")
    base.put("a.md.metadata.json", b'{"metadataAttributes": {"kind": "tree"}}')
    first = base.ingest()
    assert counts(first) == (4, 3, 0, 0, 1)
    assert "d.xyz" in first["failureReasons"][0]
    assert first["statistics"]["numberOfMetadataDocumentsScanned"] == 1
    assert "Pears & figs." in base.retrieve("figs")[0]["content"]["text"]
    base.put("a.md", b"# Apples\nApples are green now.")
    base.put("d.xyz", b"still what")
    clients("s3").delete_object(Bucket=base.bucket, Key="c.csv")

    second = base.ingest()

    assert counts(second) == (3, 0, 1, 1, 1)
    assert "green" in base.retrieve("apples")[0]["content"]["text"]
    assert "banana" not in str(base.retrieve("banana"))
    assert [result["metadata"]["kind"] for result in base.retrieve("apples and figs", filter=kind("tree"))] == ["tree"]
    assert base.retrieve("apples", filter=kind("bush")) == []


def kind(value: str) -> dict[str, Any]:
    return {"equals": {"key": "kind", "value": value}}


def test_one_job_runs_at_a_time_and_a_token_starts_one(clients: Clients, role: str) -> None:
    base, token = KnowledgeBase(clients, "tokens-bucket", role), str(uuid.uuid4())
    job = base.start(clientToken=token)

    assert base.start(clientToken=token) == job
    with pytest.raises(ClientError) as error:
        base.start()
    assert code(error) == "ConflictException"
    agent = clients("bedrock-agent")
    agent.stop_ingestion_job(knowledgeBaseId=base.id, dataSourceId=base.source, ingestionJobId=job)
    assert base.read(job)["status"] in ("STOPPING", "STOPPED")


def test_a_role_without_the_permission_fails_the_job(clients: Clients) -> None:
    base = KnowledgeBase(clients, "denied-bucket", make_role(clients, "blind", ["s3:ListBucket"], "*"))
    base.put("a.md", b"# Secret\nNobody reads this.")

    job = base.ingest()

    assert job["status"] == "FAILED"
    assert "may not read" in job["failureReasons"][0]


def test_each_document_has_the_status_of_the_latest_ingestion(clients: Clients, role: str) -> None:
    base = KnowledgeBase(clients, "statuses-bucket", role)
    for key, body in {"a.md": b"# A\nText.", "b.png": b"x", "c.pdf": b"no PDF", "gone.md": b"# Gone"}.items():
        base.put(key, body)
    base.put("a.md.metadata.json", b'{"metadataAttributes": {"year": 2026}}')
    base.ingest()
    clients("s3").delete_object(Bucket=base.bucket, Key="gone.md")
    base.ingest()

    listed = clients("bedrock-agent").get_paginator("list_knowledge_base_documents")
    pages = listed.paginate(
        knowledgeBaseId=base.id, dataSourceId=base.source, PaginationConfig={"PageSize": 2}
    ).build_full_result()["documentDetails"]

    uris = [detail["identifier"]["s3"]["uri"].rpartition("/")[2] for detail in pages]
    assert dict(zip(uris, (detail["status"] for detail in pages), strict=True)) == {
        "a.md": "INDEXED",
        "b.png": "IGNORED",
        "c.pdf": "FAILED",
    }
    assert [detail.get("statusReason") for detail in pages] == [
        None,
        "Ignored as their file format was not supported",
        None,
    ]


def test_nothing_is_deleted_under_a_running_ingestion(clients: Clients, role: str) -> None:
    base, agent = KnowledgeBase(clients, "deletion-bucket", role), clients("bedrock-agent")
    job = base.start()

    with pytest.raises(ClientError) as of_source:
        agent.delete_data_source(knowledgeBaseId=base.id, dataSourceId=base.source)
    with pytest.raises(ClientError) as of_base:
        agent.delete_knowledge_base(knowledgeBaseId=base.id)
    deadline = time.monotonic() + 20
    while base.read(job)["status"] in ("STARTING", "IN_PROGRESS"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    agent.delete_data_source(knowledgeBaseId=base.id, dataSourceId=base.source)
    agent.delete_knowledge_base(knowledgeBaseId=base.id)

    assert (code(of_source), code(of_base)) == ("ConflictException", "ConflictException")


def test_jobs_are_listed_in_the_order_asked_for(clients: Clients, role: str) -> None:
    base, agent = KnowledgeBase(clients, "listing-bucket", role), clients("bedrock-agent")
    ids = {"knowledgeBaseId": base.id, "dataSourceId": base.source}
    first, second = base.ingest()["ingestionJobId"], base.ingest()["ingestionJobId"]
    newest: dict[str, Any] = {"attribute": "STARTED_AT", "order": "DESCENDING"}

    both = agent.list_ingestion_jobs(**ids)["ingestionJobSummaries"]
    one = agent.list_ingestion_jobs(**ids, sortBy=newest, maxResults=1)["ingestionJobSummaries"]

    assert [job["ingestionJobId"] for job in both] == [first, second]
    assert [job["ingestionJobId"] for job in one] == [second]
