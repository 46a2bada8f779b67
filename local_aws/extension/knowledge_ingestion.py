"""Ingestion jobs: read the data source's documents from S3, cut them into chunks, keep what did not change.

STARTING -> IN_PROGRESS -> COMPLETE | FAILED over scaled time; one job a data source at a time.
"""

import hashlib
import io
import re
import time
from typing import Any

import pypdf
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent, s3

from local_aws.extension.bedrock_answers import BedrockError, Response, answer, elapsed, identifier, iso
from local_aws.extension.bedrock_customization_jobs import role_allows
from local_aws.extension.bedrock_tokens import once

STARTING, IN_PROGRESS = 0.3, 1.2
CHARACTERS_PER_TOKEN = 4
TEXT_TYPES = (".md", ".txt", ".html", ".csv")
Chunk = dict[str, str]

_jobs = AccountRegionScopedDict()
_documents = AccountRegionScopedDict()


def start(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """StartIngestionJob. Raises BedrockError."""
    token = body.get("clientToken")
    if token is not None and not 33 <= len(token) <= 256:
        raise BedrockError("ValidationException", f"clientToken must have 33 to 256 characters, got {len(token)}")
    return once(f"StartIngestionJob/{data_source}", body, lambda _: _start(knowledge_base, data_source))


def get(_: dict[str, Any], knowledge_base: str, data_source: str, job_id: str) -> Response:
    job = _jobs.get(f"{knowledge_base}/{data_source}/{job_id}")
    if job is None:
        raise BedrockError("ResourceNotFoundException", f"Ingestion job {job_id} not found")
    return answer({"ingestionJob": _view(job)})


def list_jobs(_: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    prefix = f"{knowledge_base}/{data_source}/"
    views = [_view(job) for key, job in _jobs.items() if key.startswith(prefix)]
    return answer(
        {"ingestionJobSummaries": [{k: v for k, v in view.items() if k != "failureReasons"} for view in views]}
    )


def chunks_of(knowledge_base: str) -> list[Chunk]:
    """Every chunk of the knowledge base: {"text", "uri"}."""
    prefix = f"{knowledge_base}/"
    return [chunk for key, held in _documents.items() if key.startswith(prefix) for chunk in held["chunks"]]


def _start(knowledge_base: str, data_source: str) -> Response:
    source = bedrock_agent._data_sources.get(f"{knowledge_base}/{data_source}")
    if source is None:
        raise BedrockError("ResourceNotFoundException", f"Data source {data_source} not found")
    for key, other in _jobs.items():
        if key.startswith(f"{knowledge_base}/{data_source}/") and _status(other) in ("STARTING", "IN_PROGRESS"):
            raise BedrockError("ConflictException", f"Ingestion job {other['id']} is in progress")
    statistics, failures = _ingest(knowledge_base, data_source, source)
    job = {
        "id": identifier(10).upper(),
        "knowledge_base": knowledge_base,
        "data_source": data_source,
        "started": time.time(),
        "statistics": statistics,
        "failures": failures,
        "failed": bool(failures) and not statistics["numberOfDocumentsScanned"],
    }
    _jobs[f"{knowledge_base}/{data_source}/{job['id']}"] = job
    return answer({"ingestionJob": _view(job)}, 202)


def _view(job: dict[str, Any]) -> dict[str, Any]:
    status = _status(job)
    done = status in ("COMPLETE", "FAILED")
    view = {
        "knowledgeBaseId": job["knowledge_base"],
        "dataSourceId": job["data_source"],
        "ingestionJobId": job["id"],
        "status": status,
        "statistics": job["statistics"] if done else dict.fromkeys(job["statistics"], 0),
        "startedAt": iso(job["started"]),
        "updatedAt": iso(time.time()),
    }
    if done and job["failures"]:
        view["failureReasons"] = job["failures"]
    return view


def _status(job: dict[str, Any]) -> str:
    age = elapsed(job["started"])
    if age < STARTING:
        return "STARTING"
    if age < IN_PROGRESS:
        return "IN_PROGRESS"
    return "FAILED" if job["failed"] else "COMPLETE"


def _ingest(knowledge_base: str, data_source: str, source: dict[str, Any]) -> tuple[dict[str, int], list[str]]:
    names = ("Scanned", "NewIndexed", "ModifiedIndexed", "Deleted", "Failed")
    counts = dict.fromkeys(names, 0)
    configuration = source["DataSourceConfiguration"]["s3Configuration"]
    bucket = configuration["bucketArn"].rsplit(":", 1)[-1]
    role = bedrock_agent._knowledge_bases[knowledge_base]["RoleArn"]
    if bucket not in s3._buckets:
        return _statistics(counts), [f"S3 bucket {bucket} does not exist"]
    prefixes = configuration.get("inclusionPrefixes") or [""]
    keys = [key for key in s3._buckets[bucket]["objects"] if key.startswith(tuple(prefixes)) and not key.endswith("/")]
    if keys and not role_allows(role, "s3:GetObject", f"arn:aws:s3:::{bucket}/{keys[0]}"):
        return _statistics(counts), [f"The role {role} may not read s3://{bucket}/{keys[0]}"]
    failures: list[str] = []
    for key in sorted(keys):
        counts["Scanned"] += 1
        outcome = _ingest_document(f"{knowledge_base}/{data_source}/{key}", bucket, key, source, failures)
        if outcome:
            counts[outcome] += 1
    counts["Deleted"] = _forget_missing(f"{knowledge_base}/{data_source}/", set(keys))
    return _statistics(counts), failures


def _ingest_document(held_key: str, bucket: str, key: str, source: dict[str, Any], failures: list[str]) -> str:
    content = s3._get_object_data(bucket, key) or b""
    digest = hashlib.sha256(content).hexdigest()
    held = _documents.get(held_key)
    if held and held["digest"] == digest:
        return ""
    uri = f"s3://{bucket}/{key}"
    try:
        text = _text(key, content)
    except (ValueError, pypdf.errors.PyPdfError) as error:
        failures.append(f"{uri}: {error}")
        return "Failed"
    size, overlap = _chunking(source)
    _documents[held_key] = {
        "digest": digest,
        "chunks": [{"text": part, "uri": uri} for part in _cut(text, size, overlap)],
    }
    return "ModifiedIndexed" if held else "NewIndexed"


def _forget_missing(prefix: str, keys: set[str]) -> int:
    gone = [
        held for held in list(_documents.keys()) if held.startswith(prefix) and held.removeprefix(prefix) not in keys
    ]
    for held in gone:
        _documents.pop(held)
    return len(gone)


def _text(key: str, content: bytes) -> str:
    if key.endswith(".pdf"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if not key.endswith(TEXT_TYPES):
        raise ValueError(f"file type is not supported; allowed are .pdf and {', '.join(TEXT_TYPES)}")
    text = content.decode("utf-8")
    return re.sub(r"<[^>]+>", " ", text) if key.endswith(".html") else text


def _chunking(source: dict[str, Any]) -> tuple[int, int]:
    configuration = (source.get("VectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    fixed = configuration.get("fixedSizeChunkingConfiguration") or {}
    size = int(fixed.get("maxTokens", 300)) * CHARACTERS_PER_TOKEN
    return size, size * int(fixed.get("overlapPercentage", 20)) // 100


def _cut(text: str, size: int, overlap: int) -> list[str]:
    """Pieces of about `size` characters that end at a paragraph or a sentence where there is one."""
    pieces, begin = [], 0
    while begin < len(text):
        end = min(begin + size, len(text))
        if end < len(text):
            cut = max(text.rfind("\n\n", begin, end), text.rfind(". ", begin, end) + 1)
            end = cut if cut > begin + size // 2 else end
        pieces.append(text[begin:end].strip())
        begin = end if end == len(text) else max(end - overlap, begin + 1)
    return [piece for piece in pieces if piece]


def _statistics(counts: dict[str, int]) -> dict[str, int]:
    return {
        "numberOfDocumentsScanned": counts["Scanned"],
        "numberOfNewDocumentsIndexed": counts["NewIndexed"],
        "numberOfModifiedDocumentsIndexed": counts["ModifiedIndexed"],
        "numberOfDocumentsDeleted": counts["Deleted"],
        "numberOfDocumentsFailed": counts["Failed"],
        "numberOfMetadataDocumentsScanned": 0,
        "numberOfMetadataDocumentsModified": 0,
    }
