"""The documents of data sources: which are new, changed, ignored or gone, and their chunks."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import pypdf
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent

from local_aws.extension.bedrock.embedding_models import check_tokens
from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.static_embeddings import embedded
from local_aws.extension.knowledge_bases.chunks import TYPES, Chunk, cut_document
from local_aws.extension.knowledge_bases.document_metadata import check_vectors
from local_aws.extension.knowledge_bases.document_statuses import keep_only, record
from local_aws.extension.knowledge_bases.parsing import parsed
from local_aws.extension.knowledge_bases.searched_chunks import SearchedChunks
from local_aws.extension.knowledge_bases.source_document import SourceDocument
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


def ingest(
    job: dict[str, Any], source: dict[str, Any], found: list[SourceDocument], kept: Set[str] = frozenset()
) -> None:
    """Cut the new and changed documents into chunks; `job` gets the counts and the reasons of failures.

    Documents of the data source that are neither `found` nor `kept` go.
    """
    source_ids = (job["knowledge_base"], job["data_source"])
    ignored: dict[str, list[str]] = {}
    present = {document.uri for document in found} | kept
    keep_only(*source_ids, present)
    for document in found:
        job["counts"]["scanned"] += 1
        tried = attempt(job, source, document)
        if tried.status == "IGNORED":
            ignored.setdefault(tried.reason, []).append(document.uri)
        elif tried.status == "FAILED":
            job["failures"].append(f"Encountered error: {document.uri}: {tried.reason}")
        reason = f"Ignored as {tried.reason}" if tried.status == "IGNORED" else ""
        record(*source_ids, document.uri, tried.status, reason, kind=document.kind)
        if tried.counted:
            job["counts"][tried.counted] += 1
    for reason, uris in ignored.items():
        files = ", ".join(uris)
        job["failures"].append(f"Encountered error: Ignored {len(uris)} files as {reason}. [Files: {files}].")
    prefix = "/".join((*source_ids, ""))
    gone = [held.removeprefix(prefix) for held in _documents if held.startswith(prefix)]
    job["counts"]["deleted"] = sum(remove(*source_ids, uri) for uri in gone if uri not in present)
    _changed(job["knowledge_base"])


@dataclass(frozen=True)
class Attempt:
    """`counted`: the name of the count that the document adds to, empty for an unchanged one."""

    status: str
    counted: str
    reason: str = ""


def attempt(job: dict[str, Any], source: dict[str, Any], document: SourceDocument) -> Attempt:
    """Read, cut, embed and keep one document. `job` has its ids."""
    try:
        return Attempt("INDEXED", _ingest_one(job, source, document))
    except _IgnoredError as error:
        return Attempt("IGNORED", "failed", str(error))
    except (BedrockError, ValueError, KeyError, pypdf.errors.PyPdfError) as error:
        return Attempt("FAILED", "failed", str(error))
    finally:
        _changed(job["knowledge_base"])


def remove(knowledge_base: str, data_source: str, uri: str) -> bool:
    """Whether it was there."""
    passages.forget(knowledge_base, data_source, uri)
    was_there = _documents.pop(f"{knowledge_base}/{data_source}/{uri}", None) is not None
    _changed(knowledge_base)
    return was_there


def _changed(knowledge_base: str) -> None:
    _changes[knowledge_base] = _changes.get(knowledge_base, 0) + 1


def _ingest_one(job: dict[str, Any], source: dict[str, Any], document: SourceDocument) -> str:
    """The name of the count that the document adds to, empty for an unchanged one. Raises if it can't be indexed."""
    ids, uri = (job["knowledge_base"], job["data_source"]), document.uri
    content = document.read()
    if not document.name.lower().endswith(TYPES):
        raise _IgnoredError("their file format was not supported")
    if not 0 < len(content) <= DOCUMENT_BYTES:
        raise _IgnoredError("their size was invalid")
    held_key = "/".join((*ids, uri))
    held, metadata = _documents.get(held_key), document.metadata()
    same = held is not None and held["version"] == document.version
    chunks = held["chunks"] if same else _read(job, source, document, content, metadata)
    if (index := index_of(ids[0])) is not None:
        check_vectors(index, chunks, metadata)
    if same:
        changed = held["metadata"] != metadata
        if changed:
            passages.keep(*ids, uri, chunks, metadata)
        held["metadata"] = metadata
        return "metadata_modified" if changed else ""
    _embed(ids[0], chunks)
    passages.keep(*ids, uri, chunks, metadata)
    _documents[held_key] = {"version": document.version, "metadata": metadata, "chunks": chunks}
    return "modified" if held else "new"


def _read(
    job: dict[str, Any], source: dict[str, Any], document: SourceDocument, content: bytes, metadata: dict[str, Any]
) -> list[Chunk]:
    role = bedrock_agent._knowledge_bases[job["knowledge_base"]]["RoleArn"]
    chunks = cut_document(document.uri, content, source, lambda text: parsed(text, source, role), document.name)
    if document.kind != "S3":
        chunks = [{**chunk, "kind": document.kind} for chunk in chunks]
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
