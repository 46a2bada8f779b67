"""Direct ingestion: documents that a call puts into a custom data source, or from S3 into one of S3, and takes out.

STARTING -> IN_PROGRESS -> INDEXED | FAILED | IGNORED; DELETING -> DELETE_IN_PROGRESS -> NOT_FOUND
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-direct-ingestion.html
"""

import threading
import time
from typing import Any

from ministack.services import bedrock_agent

from local_aws.extension.bedrock.client_tokens import once
from local_aws.extension.bedrock.clock import in_background, sleep_until
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, identifier
from local_aws.extension.knowledge_bases import documents, given_documents
from local_aws.extension.knowledge_bases.document_statuses import (
    forget,
    identifier_of,
    listed_kind,
    record,
    status_of,
)
from local_aws.extension.knowledge_bases.source_document import SourceDocument

STARTING, IN_PROGRESS = 0.2, 0.4
# "Concurrent IngestKnowledgeBaseDocuments and DeleteKnowledgeBaseDocuments requests per account":
# https://docs.aws.amazon.com/general/latest/gr/bedrock.html (2026-11), not adjustable
MOST_REQUESTS = 10
_running = threading.BoundedSemaphore(MOST_REQUESTS)


def ingest(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """IngestKnowledgeBaseDocuments. Raises BedrockError."""
    kind = listed_kind(knowledge_base, data_source)
    role = bedrock_agent._knowledge_bases[knowledge_base]["RoleArn"]
    given = given_documents.read(body, kind, role)
    given_documents.check_token(body)

    def put(_: dict[str, Any]) -> Response:
        return _started(knowledge_base, data_source, kind, [item.uri for item in given], "STARTING", ingest_all)

    def ingest_all(started: float) -> None:
        never = threading.Event()
        source = bedrock_agent._data_sources[f"{knowledge_base}/{data_source}"]
        sleep_until(started, STARTING, never)
        for document in given:
            record(knowledge_base, data_source, document.uri, "IN_PROGRESS", kind=kind)
        sleep_until(started, IN_PROGRESS, never)
        for document in given:
            _ingest_one(knowledge_base, data_source, source, document)

    return once(f"IngestKnowledgeBaseDocuments/{data_source}", body, put)


def delete(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """DeleteKnowledgeBaseDocuments. Raises BedrockError."""
    kind = listed_kind(knowledge_base, data_source)
    uris = given_documents.identifiers(body, kind)
    given_documents.check_token(body)
    known = [uri for uri in uris if status_of(knowledge_base, data_source, uri)]

    def delete_all(started: float) -> None:
        sleep_until(started, STARTING, threading.Event())
        for uri in known:
            documents.remove(knowledge_base, data_source, uri)
            forget(knowledge_base, data_source, uri)

    def take(_: dict[str, Any]) -> Response:
        return _started(knowledge_base, data_source, kind, uris, "DELETING", delete_all, known)

    return once(f"DeleteKnowledgeBaseDocuments/{data_source}", body, take)


def get(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """GetKnowledgeBaseDocuments. Raises BedrockError."""
    kind = listed_kind(knowledge_base, data_source)
    uris = given_documents.identifiers(body, kind)
    return answer({"documentDetails": [_detail(knowledge_base, data_source, kind, uri) for uri in uris]})


def _started(
    knowledge_base: str,
    data_source: str,
    kind: str,
    uris: list[str],
    status: str,
    work: Any,
    known: list[str] | None = None,
) -> Response:
    """Run `work` in the background; the documents that it is about have `status` meanwhile. Raises BedrockError."""
    if not _running.acquire(blocking=False):
        raise BedrockError(
            "ServiceQuotaExceededException", f"an account runs at most {MOST_REQUESTS} requests for documents at a time"
        )
    for uri in uris if known is None else known:
        record(knowledge_base, data_source, uri, status, kind=kind)
    started = time.time()

    def run() -> None:
        try:
            work(started)
        finally:
            _running.release()

    in_background(run)
    return answer({"documentDetails": [_detail(knowledge_base, data_source, kind, uri) for uri in uris]}, 202)


def _ingest_one(knowledge_base: str, data_source: str, source: dict[str, Any], document: SourceDocument) -> None:
    job = {"knowledge_base": knowledge_base, "data_source": data_source, "id": identifier(10).upper()}
    tried = documents.attempt(job, source, document)
    reason = f"Ignored as {tried.reason}" if tried.status == "IGNORED" else ""
    record(knowledge_base, data_source, document.uri, tried.status, reason, kind=document.kind)


def _detail(knowledge_base: str, data_source: str, kind: str, uri: str) -> dict[str, Any]:
    absent = {
        "knowledgeBaseId": knowledge_base,
        "dataSourceId": data_source,
        "identifier": identifier_of(kind, uri),
        "status": "NOT_FOUND",
    }
    return status_of(knowledge_base, data_source, uri) or absent
