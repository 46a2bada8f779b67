"""Waits for the ingestion of the documents that a deploy started."""

import time
from typing import Any

from deployment.config import DeploymentConfig
from deployment.documents import read_documents_folder
from kit.local.stacks import StackOutputs, merged_outputs
from kit.progress import Progress
from kit_contract.counted import counted
from kit_contract.errors import ExternalError
from kit_contract.stacks import DATA_SOURCE_ID_OUTPUT, INGESTION_QUEUE_OUTPUT, KNOWLEDGE_BASE_ID_OUTPUT

INGESTION_TIMEOUT_SECONDS = 120
INGESTED = ("INDEXED", "PENDING", "STARTING", "IN_PROGRESS")
LISTED_DOCUMENTS = 10
OUTPUTS = (KNOWLEDGE_BASE_ID_OUTPUT, DATA_SOURCE_ID_OUTPUT, INGESTION_QUEUE_OUTPUT)


def follow_ingestion(config: DeploymentConfig, outputs: StackOutputs, clients: Any, progress: Progress) -> None:
    """Wait until all changes are ingested; show the statistics. Raises ExternalError with Bedrock's reasons."""
    progress.step("Ingestion of the documents")
    if not config.built_knowledge_bases:
        progress.done("no [knowledge_base] in deployment.toml")
        return
    merged = merged_outputs(outputs)
    for name, section in config.built_knowledge_bases.items():
        key = config.knowledge_base_key(name)
        expected = len(read_documents_folder(section.documents).documents) if section.documents else 0
        jobs = _followed_ingestion(
            {output: merged[f"{key}{output}"] for output in OUTPUTS}, expected, clients, progress
        )
        _show_ingestion(f"{name}: " if len(config.built_knowledge_bases) > 1 else "", jobs, progress)


def _followed_ingestion(
    merged: dict[str, str], expected: int, clients: Any, progress: Progress
) -> list[dict[str, Any]]:
    """The ingestion jobs; none without documents. `merged`: the outputs of one, under the names of [knowledge_base]."""
    deadline = time.monotonic() + INGESTION_TIMEOUT_SECONDS
    newest: dict[str, Any] | None = None
    waiting, done = 0, False
    while time.monotonic() < deadline:
        waiting = _waiting_messages(clients, merged)  # before the jobs: a message becomes a job, never the reverse
        jobs = _ingestion_jobs(clients, merged)
        newest = jobs[-1] if jobs else None
        if newest and newest["status"] == "FAILED":
            reasons = _reasons(newest) or "Bedrock gave no reason"
            raise ExternalError(f"ingestion failed: {reasons}{_document_reasons(clients, merged)}")
        scanned = newest["statistics"]["numberOfDocumentsScanned"] if newest else 0
        ended = newest["status"] == "COMPLETE" if newest else not expected
        done = ended and scanned >= expected
        if done and not waiting:
            return jobs
        progress.bar(scanned / max(expected, 1), newest["status"].lower().replace("_", " ") if newest else "waiting")
        time.sleep(0.3)
    if done:
        raise ExternalError(_still_waiting(waiting))
    raise ExternalError(_not_ingested(newest, expected) + _document_reasons(clients, merged))


def _waiting_messages(clients: Any, merged: dict[str, str]) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = merged[INGESTION_QUEUE_OUTPUT]
    counts = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counts[name]) for name in names)


def _reasons(job: dict[str, Any]) -> str:
    return "; ".join(job.get("failureReasons", []))


def _document_reasons(clients: Any, merged: dict[str, str]) -> str:
    """A line for each of the first documents that Bedrock did not index, with its own reason."""
    identifiers = {"knowledgeBaseId": merged[KNOWLEDGE_BASE_ID_OUTPUT], "dataSourceId": merged[DATA_SOURCE_ID_OUTPUT]}
    pages = clients("bedrock-agent").get_paginator("list_knowledge_base_documents").paginate(**identifiers)
    unknown = "see the reasons above"
    lines = [
        f"\n  {item['identifier']['s3']['uri']} is {item['status']}: {item.get('statusReason', unknown)}"
        for page in pages
        for item in page["documentDetails"]
        if item["status"] not in INGESTED
    ]
    more = [f"\n  and {len(lines) - LISTED_DOCUMENTS} more"] if len(lines) > LISTED_DOCUMENTS else []
    return "".join([*lines[:LISTED_DOCUMENTS], *more])


def _not_ingested(newest: dict[str, Any] | None, expected: int) -> str:
    message = f"the ingestion of {counted(expected, 'document')} was not complete within {INGESTION_TIMEOUT_SECONDS} s"
    if newest is None:
        return f"{message}: no ingestion job was started; see .local/aws/emulator.log"
    statistics = newest["statistics"]
    scanned, failed = statistics["numberOfDocumentsScanned"], statistics["numberOfDocumentsFailed"]
    counts = f"the last job is {newest['status']} with {scanned} scanned and {failed} failed"
    reasons = _reasons(newest)
    return f"{message}: {counts}" + (f"; {reasons}" if reasons else "")


def _still_waiting(messages: int) -> str:
    """After a failure, such as that of a source which was replaced meanwhile, SQS waits for its visibility timeout."""
    return (
        f"{counted(messages, 'message')} about changes waited in the queue after {INGESTION_TIMEOUT_SECONDS} s, "
        f"though the documents are ingested; one that failed comes again within 16 minutes: "
        "run make up then, or see .local/aws/emulator.log"
    )


def _ingestion_jobs(clients: Any, merged: dict[str, str]) -> list[dict[str, Any]]:
    """Every ingestion job of the data source, oldest first."""
    identifiers = {"knowledgeBaseId": merged[KNOWLEDGE_BASE_ID_OUTPUT], "dataSourceId": merged[DATA_SOURCE_ID_OUTPUT]}
    agent = clients("bedrock-agent")
    found = agent.list_ingestion_jobs(**identifiers)["ingestionJobSummaries"]
    return [
        agent.get_ingestion_job(**identifiers, ingestionJobId=job["ingestionJobId"])["ingestionJob"]
        for job in sorted(found, key=lambda job: job["startedAt"])
    ]


def _show_ingestion(whose: str, jobs: list[dict[str, Any]], progress: Progress) -> None:
    if not jobs:
        progress.done(f"{whose}no documents in a folder; for its sources: kit knowledge status")
        return
    newest = jobs[-1]["statistics"]
    indexed = sum(job["statistics"]["numberOfNewDocumentsIndexed"] for job in jobs)
    modified = sum(job["statistics"]["numberOfModifiedDocumentsIndexed"] for job in jobs)
    ran = f"{counted(len(jobs), 'job')}{' so far' if len(jobs) > 1 else ''}"
    progress.done(
        f"{whose}{counted(newest['numberOfDocumentsScanned'], 'document')}: {indexed} indexed, {modified} modified, "
        f"{newest['numberOfDocumentsFailed']} failed, in {ran}"
    )
    for reason in jobs[-1].get("failureReasons", []):
        progress.line(f"failed: {reason}")
