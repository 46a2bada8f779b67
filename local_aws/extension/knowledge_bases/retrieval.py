"""Retrieve: the best chunks of a knowledge base, by meaning, and also by words where the vector store can."""

from typing import Any

from ministack.services import bedrock_agent

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.guardrails import screened
from local_aws.extension.bedrock.responses import BedrockError, Response, answer
from local_aws.extension.bedrock.service_roles import role_allows_on
from local_aws.extension.knowledge_bases import documents, ranking, reranking
from local_aws.extension.knowledge_bases.retrieval_filter import check_filter, matches
from local_aws.extension.knowledge_bases.searched_chunks import SearchedChunks
from local_aws.extension.knowledge_bases.source_document import location_of
from local_aws.extension.knowledge_bases.stores import managed
from local_aws.extension.knowledge_bases.stores.aurora_postgresql import passages

MAX_QUERY = 20_000
DEFAULT_RESULTS, MAX_RESULTS = 5, 100
# What an account that may not use the embedding model reads, seen beside the message of ingestion_jobs.UNVERIFIED.
UNVERIFIED = (
    "Invalid input or configuration provided. Check the input and Knowledge Base configuration and try your request "
    "again."
)


def retrieve(body: dict[str, Any], knowledge_base: str) -> Response:
    """Retrieve: passages with scores from 0 to 1, the best first. Raises BedrockError."""
    text = (body.get("retrievalQuery") or {}).get("text") or ""
    record = bedrock_agent._knowledge_bases.get(knowledge_base.rsplit("/", 1)[-1])
    longest = managed.MAX_QUERY if record and managed.is_managed(record) else MAX_QUERY
    if not 0 < len(text) <= longest:
        raise BedrockError("ValidationException", f"retrievalQuery.text must have 1 to {longest} characters")
    search = _search(body.get("retrievalConfiguration") or {}, knowledge_base.rsplit("/", 1)[-1])
    reranking.check_service_role(knowledge_base.rsplit("/", 1)[-1], search)
    guardrail = body.get("guardrailConfiguration")
    query = screened(guardrail, "INPUT", text)
    results = [] if query.blocked else ranked(knowledge_base, query.text, search)
    action = {"guardrailAction": query.action} if guardrail else {}
    return answer({"retrievalResults": results, **action})


def _search(configuration: dict[str, Any], knowledge_base: str) -> dict[str, Any]:
    """The search that the request asks for. Raises BedrockError."""
    record = bedrock_agent._knowledge_bases.get(knowledge_base)
    try:
        return managed.search_of(configuration, managed=bool(record) and managed.is_managed(record))
    except ValueError as error:
        raise BedrockError("ValidationException", str(error)) from None


def ranked(knowledge_base: str, text: str, search: dict[str, Any]) -> list[dict[str, Any]]:
    """The best passages for `text`, as Retrieve's results. Raises BedrockError.

    `search` is a vectorSearchConfiguration.
    """
    knowledge_base = knowledge_base.rsplit("/", 1)[-1]
    if knowledge_base not in bedrock_agent._knowledge_bases:
        raise BedrockError("ResourceNotFoundException", f"Knowledge Base with id {knowledge_base} does not exist")
    if faults.is_on(faults.UNVERIFIED_ACCOUNT):
        raise BedrockError("ValidationException", UNVERIFIED)
    check_role(bedrock_agent._knowledge_bases[knowledge_base])
    count = search.get("numberOfResults", DEFAULT_RESULTS)
    if not 1 <= count <= MAX_RESULTS:
        raise BedrockError("ValidationException", f"numberOfResults must be 1 to {MAX_RESULTS}, got {count}")
    hybrid = _is_hybrid(search, knowledge_base)
    kept = reranking.check(search, count)
    if "filter" in search:
        check_filter(search["filter"], documents.index_of(knowledge_base))
    if store := passages.store_of(knowledge_base):
        ranked_chunks = passages.search(store, knowledge_base, text, search, hybrid=hybrid)
    else:
        ranked_chunks = _in_memory(knowledge_base, text, search, count, hybrid=hybrid)
    uri_key = _uri_key(knowledge_base)
    found = [_result(chunk, score, uri_key) for chunk, score in _one_for_each_parent(ranked_chunks)]
    if kept is None:
        return found
    order = ranking.relevance([result["content"]["text"] for result in found], text)
    return [{**found[position], "score": round(score, 4)} for position, score in order[:kept]]


def _in_memory(
    knowledge_base: str, text: str, search: dict[str, Any], count: int, *, hybrid: bool
) -> list[tuple[dict[str, Any], float]]:
    chunks = documents.chunks_of(knowledge_base)
    if "filter" in search:
        chunks = SearchedChunks(
            chunk for chunk in chunks if matches(search["filter"], _metadata(chunk, _uri_key(knowledge_base)))
        )
    return [(chunks[position], score) for position, score in _ranking(chunks, text, count, hybrid=hybrid)]


def _ranking(searched: SearchedChunks, text: str, count: int, *, hybrid: bool) -> ranking.Ranking:
    if not hybrid:
        return ranking.by_meaning(searched.vectors, text, count)
    return ranking.by_both(searched.vectors, searched.words, text, count)


def _one_for_each_parent(found: list[tuple[dict[str, Any], float]]) -> list[tuple[dict[str, Any], float]]:
    """Parents take the place of their children, so a search may return fewer results than it was asked for.

    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html#kb-hiearchical-chunking
    """
    best: dict[tuple[str, Any], tuple[dict[str, Any], float]] = {}
    for chunk, score in found:
        best.setdefault((chunk["uri"], chunk.get("parent", id(chunk))), (chunk, score))
    return list(best.values())


def _is_hybrid(search: dict[str, Any], knowledge_base: str) -> bool:
    """Whether words count too. Raises BedrockError.

    A vector store other than OpenSearch, Aurora and MongoDB has semantic search only. Where both are possible and the
    request does not say, Bedrock decides:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_KnowledgeBaseVectorSearchConfiguration.html
    """
    storage = bedrock_agent._knowledge_bases[knowledge_base].get("StorageConfiguration") or {}
    semantic_only = storage.get("type") == "S3_VECTORS"
    wanted = search.get("overrideSearchType", "SEMANTIC" if semantic_only else "HYBRID")
    if wanted not in ("SEMANTIC", "HYBRID"):
        raise BedrockError("ValidationException", f"overrideSearchType must be HYBRID or SEMANTIC, got {wanted}")
    if wanted == "HYBRID" and semantic_only:
        raise BedrockError(
            "ValidationException",
            f"HYBRID search type is not supported for search operation on index {knowledge_base}. Retry your request "
            "with a different search type.",
        )
    return bool(wanted == "HYBRID")


def _uri_key(knowledge_base: str) -> str:
    """https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-config.html: reserved fields of both types."""
    of_managed = managed.is_managed(bedrock_agent._knowledge_bases[knowledge_base])
    return "_source_uri" if of_managed else "x-amz-bedrock-kb-source-uri"


def _metadata(chunk: dict[str, Any], uri_key: str) -> dict[str, Any]:
    return {uri_key: chunk["uri"], **chunk["metadata"]}


def _result(chunk: dict[str, Any], score: float, uri_key: str) -> dict[str, Any]:
    return {
        "content": {"type": "TEXT", "text": chunk.get("parent", chunk["text"])},
        "location": location_of(chunk.get("kind", "S3"), chunk["uri"]),
        "score": round(score, 4),
        "metadata": _metadata(chunk, uri_key),
    }


def check_role(knowledge_base: dict[str, Any]) -> None:
    """Raise BedrockError unless the role may search. Aurora checks its own rights.

    https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html. The words are those of CreateKnowledgeBase
    for a role without these rights (cloudformation/role_propagation.py); AWS documents none for a search.
    """
    role = knowledge_base["RoleArn"]
    vectors = knowledge_base["KnowledgeBaseConfiguration"].get("vectorKnowledgeBaseConfiguration") or {}
    model = vectors.get("embeddingModelArn")
    if model and not role_allows_on(role, "bedrock:InvokeModel", model):
        raise _refused(role, f"call specified bedrock embedding model {model}")
    storage = knowledge_base.get("StorageConfiguration") or {}
    index = (storage.get("s3VectorsConfiguration") or {}).get("indexArn")
    if index and not role_allows_on(role, "s3vectors:QueryVectors", index):
        raise _refused(role, f"perform s3vectors:QueryVectors on {index}")


def _refused(role: str, what: str) -> BedrockError:
    return BedrockError("ValidationException", f"Knowledge base role {role} is not able to {what}")
