"""The documents of data sources: which are new, changed, ignored or gone, and their chunks."""

from typing import Any

import pypdf
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent, s3

from local_aws.extension.bedrock.embedding_models import check_tokens
from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.static_embeddings import embedded
from local_aws.extension.knowledge_bases.chunks import TYPES, Chunk, cut_document
from local_aws.extension.knowledge_bases.document_metadata import SIDECAR, check_vectors, read_sidecar
from local_aws.extension.knowledge_bases.document_statuses import keep_only, record
from local_aws.extension.knowledge_bases.parsing import parsed
from local_aws.extension.knowledge_bases.searched_chunks import SearchedChunks
from local_aws.extension.knowledge_bases.stores.aurora_postgresql import passages
from local_aws.extension.knowledge_bases.transformations import transformed
from local_aws.extension.vector_indexes import vector_index

# "Ingestion job file size" of https://docs.aws.amazon.com/general/latest/gr/bedrock.html
DOCUMENT_BYTES = 50 * 1024 * 1024


class _IgnoredError(Exception):
    """When Bedrock ignores a document: the message says why."""


_documents = AccountRegionScopedDict()
_changes = AccountRegionScopedDict()  # knowledge base -> how many ingestions have changed its documents
_searched = AccountRegionScopedDict()  # knowledge base -> (what they depend on, its chunks)


def chunks_of(knowledge_base: str) -> SearchedChunks:
    """Every chunk of the knowledge base: {"text", "uri", "title", "heading", "vector", "metadata"}.

    The same list until an ingestion ends or a data source goes.
    """
    sources = {key for key in bedrock_agent._data_sources if key.startswith(f"{knowledge_base}/")}
    state = (_changes.get(knowledge_base, 0), sources)
    held_state, chunks = _searched.get(knowledge_base) or (None, None)
    if held_state != state:
        chunks = _chunks_of(knowledge_base)
        _searched[knowledge_base] = (state, chunks)
    assert isinstance(chunks, SearchedChunks)
    return chunks


def forget(knowledge_base: str, data_source: str) -> None:
    """The passages of a data source that goes with its vectors."""
    for key in [key for key in _documents if key.startswith(f"{knowledge_base}/{data_source}/")]:
        del _documents[key]


def _chunks_of(knowledge_base: str) -> SearchedChunks:
    chunks = SearchedChunks()
    for key, held in _documents.items():
        if key.split("/", 1)[0] == knowledge_base:
            chunks += [chunk | {"metadata": held["metadata"] | chunk.get("metadata", {})} for chunk in held["chunks"]]
    return chunks


def ingest(job: dict[str, Any], source: dict[str, Any], bucket: str, keys: list[str]) -> None:
    """Cut the new and changed documents into chunks; `job` gets the counts and the reasons of failures."""
    index = index_of(job["knowledge_base"])
    source_ids = (job["knowledge_base"], job["data_source"])
    prefix = "/".join((*source_ids, ""))
    ignored: dict[str, list[str]] = {}
    keep_only(*source_ids, {f"s3://{bucket}/{key}" for key in keys})
    for key in keys:
        if key.endswith(SIDECAR):
            job["counts"]["metadata"] += 1
            continue
        job["counts"]["scanned"] += 1
        uri, status, reason = f"s3://{bucket}/{key}", "INDEXED", ""
        try:
            outcome = _ingest_one(job, prefix + key, bucket, key, source, index)
        except _IgnoredError as error:
            ignored.setdefault(str(error), []).append(uri)
            outcome, status, reason = "failed", "IGNORED", f"Ignored as {error}"
        except (BedrockError, ValueError, KeyError, pypdf.errors.PyPdfError) as error:
            job["failures"].append(f"Encountered error: {uri}: {error}")
            outcome, status = "failed", "FAILED"
        record(*source_ids, uri, status, reason)
        if outcome:
            job["counts"][outcome] += 1
    for reason, uris in ignored.items():
        files = ", ".join(uris)
        job["failures"].append(f"Encountered error: Ignored {len(uris)} files as {reason}. [Files: {files}].")
    present = {prefix + key for key in keys}
    gone = [held for held in _documents if held.startswith(prefix) and held not in present]
    for held in gone:
        passages.forget(*source_ids, f"s3://{bucket}/{held.removeprefix(prefix)}")
    job["counts"]["deleted"] = sum(1 for held in gone if _documents.pop(held))
    _changes[job["knowledge_base"]] = _changes.get(job["knowledge_base"], 0) + 1


def _ingest_one(
    job: dict[str, Any], held_key: str, bucket: str, key: str, source: dict[str, Any], index: dict[str, Any] | None
) -> str:
    """The name of the count that the document adds to, empty for an unchanged one. Raises if it can't be indexed."""
    objects = s3._buckets[bucket]["objects"]
    content = s3._get_object_data(bucket, key) or b""
    if not key.lower().endswith(TYPES):
        raise _IgnoredError("their file format was not supported")
    if not 0 < len(content) <= DOCUMENT_BYTES:
        raise _IgnoredError("their size was invalid")
    uri, held = f"s3://{bucket}/{key}", _documents.get(held_key)
    metadata = read_sidecar(s3._get_object_data(bucket, key + SIDECAR) or b"") if key + SIDECAR in objects else {}
    same = held is not None and held["version"] == objects[key]["etag"]
    chunks = held["chunks"] if same else _read(job, source, uri, content, metadata)
    if index is not None:
        check_vectors(index, chunks, metadata)
    if same:
        changed = held["metadata"] != metadata
        if changed:
            passages.keep(job["knowledge_base"], job["data_source"], uri, chunks, metadata)
        held["metadata"] = metadata
        return "metadata_modified" if changed else ""
    _embed(held_key.split("/")[0], chunks)
    passages.keep(job["knowledge_base"], job["data_source"], uri, chunks, metadata)
    _documents[held_key] = {
        "version": objects[key]["etag"],
        "metadata": metadata,
        "chunks": chunks,
    }
    return "modified" if held else "new"


def _read(
    job: dict[str, Any], source: dict[str, Any], uri: str, content: bytes, metadata: dict[str, Any]
) -> list[Chunk]:
    role = bedrock_agent._knowledge_bases[job["knowledge_base"]]["RoleArn"]
    chunks = cut_document(uri, content, source, lambda text: parsed(text, source, role))
    return transformed(source, role, job, chunks, metadata)


def _embed(knowledge_base: str, chunks: list[Chunk]) -> None:
    """Raises BedrockError for a chunk that the knowledge base's model does not embed."""
    configuration = bedrock_agent._knowledge_bases[knowledge_base]["KnowledgeBaseConfiguration"]
    model = (configuration.get("vectorKnowledgeBaseConfiguration") or {}).get("embeddingModelArn") or ""
    if "/amazon.titan" in model:
        for chunk in chunks:
            check_tokens(chunk["text"])
    for chunk, vector in zip(chunks, embedded([chunk["text"] for chunk in chunks]), strict=True):
        chunk["vector"] = vector


def index_of(knowledge_base: str) -> dict[str, Any] | None:
    """The template properties of the S3 Vectors index that holds the knowledge base's vectors, None without one."""
    storage = bedrock_agent._knowledge_bases[knowledge_base].get("StorageConfiguration") or {}
    return vector_index((storage.get("s3VectorsConfiguration") or {}).get("indexArn") or "")
