"""Ingestion jobs: read the documents of a data source in S3, or the pages of one on the web.

STARTING -> IN_PROGRESS -> COMPLETE | FAILED, or STOPPING -> STOPPED, over scaled time; one job at a time.
"""

import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.client_tokens import once
from local_aws.extension.bedrock.clock import elapsed, in_background, sleep_until
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, identifier, iso
from local_aws.extension.knowledge_bases import bucket_documents, documents, web_documents
from local_aws.extension.knowledge_bases.stores.aurora_postgresql import passages

STARTING, IN_PROGRESS, STOPPING = 0.3, 1.2, 0.3
UNVERIFIED = (
    "Knowledge base role {} is not able to call specified bedrock embedding model: Error 002: Access to Bedrock models "
    "is not allowed for this account (Service: BedrockRuntime, Status Code: 400)"
)
MOST_LISTED = 1000
# "maximum number of concurrent ingestion jobs per knowledge base: 1", a quota that cannot be raised, as for a source:
# https://docs.aws.amazon.com/general/latest/gr/bedrock.html
BUSY = "Ongoing ingestion job {} found: maximum number of concurrent ingestion jobs per {}: 1"
RUNNING = ("STARTING", "IN_PROGRESS", "STOPPING")
REASON_CHARACTERS = 2_048  # of FailureReason
COUNTS = {
    "scanned": "numberOfDocumentsScanned",
    "new": "numberOfNewDocumentsIndexed",
    "modified": "numberOfModifiedDocumentsIndexed",
    "deleted": "numberOfDocumentsDeleted",
    "failed": "numberOfDocumentsFailed",
    "metadata": "numberOfMetadataDocumentsScanned",
    "metadata_modified": "numberOfMetadataDocumentsModified",
}


_jobs = AccountRegionScopedDict()


def start(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """StartIngestionJob. Raises BedrockError."""
    token = body.get("clientToken")
    if token is not None and not 33 <= len(token) <= 256:
        raise BedrockError("ValidationException", f"clientToken must have 33 to 256 characters, got {len(token)}")
    return once(f"StartIngestionJob/{data_source}", body, lambda _: _start(body, knowledge_base, data_source))


def get(_: dict[str, Any], knowledge_base: str, data_source: str, job_id: str) -> Response:
    return answer({"ingestionJob": _view(_find(knowledge_base, data_source, job_id))})


def stop(_: dict[str, Any], knowledge_base: str, data_source: str, job_id: str) -> Response:
    job = _find(knowledge_base, data_source, job_id)
    if _status(job) not in RUNNING:
        raise BedrockError("ConflictException", f"Ingestion job {job_id} is {_status(job)} and cannot be stopped")
    job["stopped"] = job["stopped"] or time.time()
    job["stop"].set()
    return answer({"ingestionJob": _view(job)}, 202)


def list_jobs(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """ListIngestionJobs: summaries, which have no reasons. Raises BedrockError."""
    if f"{knowledge_base}/{data_source}" not in bedrock_agent._data_sources:
        raise BedrockError("ResourceNotFoundException", f"Data source {data_source} not found")
    prefix = f"{knowledge_base}/{data_source}/"
    jobs = sorted((job for key, job in _jobs.items() if key.startswith(prefix)), key=lambda job: float(job["started"]))
    sort = body.get("sortBy") or {}
    if sort.get("attribute") == "STATUS":
        jobs.sort(key=_status)
    if sort.get("order") == "DESCENDING":
        jobs.reverse()
    for condition in body.get("filters") or []:
        jobs = [job for job in jobs if _status(job) in condition["values"]]
    begin, most = int(body.get("nextToken") or 0), int(body.get("maxResults") or MOST_LISTED)
    more = {"nextToken": str(begin + most)} if begin + most < len(jobs) else {}
    views = [_view(job) for job in jobs[begin : begin + most]]
    summaries = [{key: value for key, value in view.items() if key != "failureReasons"} for view in views]
    return answer({"ingestionJobSummaries": summaries, **more})


def refuse_while_running(knowledge_base: str, data_source: str = "") -> None:
    """Raise BedrockError if an ingestion job runs: neither its data source nor its knowledge base can be deleted.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_DeleteDataSource.html (ConflictException), seen in
    aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws, pull request 323.
    """
    prefix = f"{knowledge_base}/{data_source}"
    for key, job in _jobs.items():
        if key.startswith(prefix) and _status(job) in RUNNING:
            raise BedrockError(
                "ConflictException", f"{prefix} has the ongoing ingestion job {job['id']}; stop it first"
            )


def delete_data_source(_: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """DeleteDataSource. Raises BedrockError."""
    refuse_while_running(knowledge_base, data_source)
    delete_vectors(knowledge_base, data_source)
    response: Response = bedrock_agent._delete_ds(knowledge_base, data_source)
    return response


def delete_vectors(knowledge_base: str, data_source: str) -> None:
    """Those of a data source that has the deletion policy DELETE now. Raises BedrockError."""
    source = bedrock_agent._data_sources.get(f"{knowledge_base}/{data_source}") or {}
    if source.get("DataDeletionPolicy") == "DELETE":
        passages.forget(knowledge_base, data_source)
        documents.forget(knowledge_base, data_source)


def delete_knowledge_base(_: dict[str, Any], knowledge_base: str) -> Response:
    """DeleteKnowledgeBase. Raises BedrockError."""
    refuse_while_running(knowledge_base)
    response: Response = bedrock_agent._delete_kb(knowledge_base)
    return response


def _start(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    source = bedrock_agent._data_sources.get(f"{knowledge_base}/{data_source}")
    if source is None:
        raise BedrockError("ResourceNotFoundException", f"Data source {data_source} not found")
    if source["DataSourceConfiguration"].get("type") == "CUSTOM":  # "You don't need to sync"; no message is published
        raise BedrockError("ValidationException", f"Data source {data_source} of type CUSTOM has no ingestion jobs")
    if faults.is_on(faults.UNVERIFIED_ACCOUNT):
        role = bedrock_agent._knowledge_bases[knowledge_base]["RoleArn"]
        raise BedrockError("ValidationException", UNVERIFIED.format(role))
    for key, other in _jobs.items():
        if key.startswith(f"{knowledge_base}/") and _status(other) in RUNNING:
            what = "data source" if other["data_source"] == data_source else "knowledge base"
            raise BedrockError("ConflictException", BUSY.format(other["id"], what))
    job: dict[str, Any] = {
        "id": identifier(10).upper(),
        "knowledge_base": knowledge_base,
        "data_source": data_source,
        "description": {"description": body["description"]} if body.get("description") else {},
        "started": time.time(),
        "stop": threading.Event(),
        "stopped": None,
        "ended": None,
        "counts": dict.fromkeys(COUNTS, 0),
        "failures": [],
    }
    _jobs[f"{knowledge_base}/{data_source}/{job['id']}"] = job
    in_background(lambda: _run(job, source))
    return answer({"ingestionJob": _view(job) | {"status": "STARTING"}}, 202)


def _find(knowledge_base: str, data_source: str, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] | None = _jobs.get(f"{knowledge_base}/{data_source}/{job_id}")
    if job is None:
        raise BedrockError("ResourceNotFoundException", f"Ingestion job {job_id} not found")
    return job


def _view(job: dict[str, Any]) -> dict[str, Any]:
    done = job["ended"] is not None
    view: dict[str, Any] = {
        "knowledgeBaseId": job["knowledge_base"],
        "dataSourceId": job["data_source"],
        "ingestionJobId": job["id"],
        "status": _status(job),
        "statistics": {name: job["counts"][key] if done else 0 for key, name in COUNTS.items()},
        "startedAt": iso(job["started"]),
        "updatedAt": iso(job["ended"] or time.time()),
    }
    failures = [reason[:REASON_CHARACTERS] for reason in job["failures"]]
    reasons = {"failureReasons": failures} if done and failures else {}
    return {**view, **job["description"], **reasons}


def _status(job: dict[str, Any]) -> str:
    if job["stopped"]:
        return "STOPPED" if job["ended"] else "STOPPING"
    if job["ended"]:
        return "FAILED" if job["failures"] and not job["counts"]["scanned"] else "COMPLETE"
    return "STARTING" if elapsed(job["started"]) < STARTING else "IN_PROGRESS"


def _run(job: dict[str, Any], source: dict[str, Any]) -> None:
    """The job's life, in its own thread."""
    if sleep_until(job["started"], STARTING, job["stop"]):
        try:
            _ingest(job, source)
        except Exception as error:  # an error here must not leave the job IN_PROGRESS forever
            job["failures"].append(f"Encountered an unexpected error: {error}")
        sleep_until(job["started"], IN_PROGRESS, job["stop"])
    if job["stopped"]:
        sleep_until(job["stopped"], STOPPING, threading.Event())
    job["ended"] = time.time()


def _ingest(job: dict[str, Any], source: dict[str, Any]) -> None:
    kind = source["DataSourceConfiguration"].get("type")
    (web_documents if kind == "WEB" else bucket_documents).ingest(job, source)
