"""Retrieve: ranks the chunks of a knowledge base by BM25 over word stems; titles and headings count twice."""

import re
from typing import Any

import bm25s
import Stemmer
from ministack.services import bedrock_agent

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.guardrails import screened
from local_aws.extension.bedrock.responses import BedrockError, Response, answer
from local_aws.extension.knowledge_bases import documents, reranking
from local_aws.extension.knowledge_bases.retrieval_filter import check_filter, matches

MAX_QUERY = 20_000
DEFAULT_RESULTS, MAX_RESULTS = 5, 100
# BM25 scores have no upper bound; this one becomes 0.5.
HALF_SCORE = 2.0
# What an account that may not use the embedding model reads, seen beside the message of ingestion_jobs.UNVERIFIED.
UNVERIFIED = (
    "Invalid input or configuration provided. Check the input and Knowledge Base configuration and try your request "
    "again."
)
STOPWORDS = re.findall(
    r"\w+",
    """a about after all also am an and any are as at be because been before being but by can cannot could did do does
    doing don for from get had has have having how i if in into is it its just me my no nor not of off on once only
    or other our out over own please same she should so some such than that the their them then there these they
    this those to too under until up was we were what when where which while who whom why will with would you your""",
)


def retrieve(body: dict[str, Any], knowledge_base: str) -> Response:
    """Retrieve: passages with scores from 0 to 1, the best first. Raises BedrockError."""
    text = (body.get("retrievalQuery") or {}).get("text") or ""
    if not 0 < len(text) <= MAX_QUERY:
        raise BedrockError("ValidationException", f"retrievalQuery.text must have 1 to {MAX_QUERY} characters")
    search = (body.get("retrievalConfiguration") or {}).get("vectorSearchConfiguration") or {}
    reranking.check_service_role(knowledge_base.rsplit("/", 1)[-1], search)
    guardrail = body.get("guardrailConfiguration")
    query = screened(guardrail, "INPUT", text)
    results = [] if query.blocked else ranked(knowledge_base, query.text, search)
    action = {"guardrailAction": query.action} if guardrail else {}
    return answer({"retrievalResults": results, **action})


def ranked(knowledge_base: str, text: str, search: dict[str, Any]) -> list[dict[str, Any]]:
    """The best passages for `text`, as Retrieve's results. Raises BedrockError.

    `search` is a vectorSearchConfiguration.
    """
    knowledge_base = knowledge_base.rsplit("/", 1)[-1]
    if knowledge_base not in bedrock_agent._knowledge_bases:
        raise BedrockError("ResourceNotFoundException", f"Knowledge Base with id {knowledge_base} does not exist")
    if faults.is_on(faults.UNVERIFIED_ACCOUNT):
        raise BedrockError("ValidationException", UNVERIFIED)
    count = search.get("numberOfResults", DEFAULT_RESULTS)
    if not 1 <= count <= MAX_RESULTS:
        raise BedrockError("ValidationException", f"numberOfResults must be 1 to {MAX_RESULTS}, got {count}")
    _check_search_type(search, knowledge_base)
    kept = reranking.check(search, count)
    chunks = documents.chunks_of(knowledge_base)
    if "filter" in search:
        check_filter(search["filter"], documents.index_of(knowledge_base))
        chunks = [chunk for chunk in chunks if matches(search["filter"], _metadata(chunk))]
    corpus = [f"{_heading(chunk)} {_heading(chunk)} {chunk['text']}" for chunk in chunks]
    found = [_result(chunks[position], score) for position, score in best(corpus, text, count)]
    if kept is None:
        return found
    order = reranked(text, [result["content"]["text"] for result in found])
    return [{**found[position], "score": score} for position, score in order[:kept]]


def reranked(text: str, texts: list[str]) -> list[tuple[int, float]]:
    """(position, relevance from 0 to 1) of each of `texts`, the best first."""
    scores = dict.fromkeys(range(len(texts)), 0.0) | {
        position: round(score / (score + HALF_SCORE), 4) for position, score in best(texts, text, len(texts))
    }
    return sorted(scores.items(), key=lambda item: -item[1])


def _check_search_type(search: dict[str, Any], knowledge_base: str) -> None:
    """A vector store other than OpenSearch, Aurora and MongoDB has semantic search only:

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_KnowledgeBaseVectorSearchConfiguration.html
    """
    wanted = search.get("overrideSearchType", "SEMANTIC")
    if wanted not in ("SEMANTIC", "HYBRID"):
        raise BedrockError("ValidationException", f"overrideSearchType must be HYBRID or SEMANTIC, got {wanted}")
    storage = bedrock_agent._knowledge_bases[knowledge_base].get("StorageConfiguration") or {}
    if wanted == "HYBRID" and storage.get("type") == "S3_VECTORS":
        raise BedrockError(
            "ValidationException",
            f"HYBRID search type is not supported for search operation on index {knowledge_base}. Retry your request "
            "with a different search type.",
        )


def best(corpus: list[str], text: str, count: int) -> list[tuple[int, float]]:
    """(position, BM25 score) of at most `count` texts that share a word with `text`, the best first."""
    stemmer = Stemmer.Stemmer("english")
    tokens = bm25s.tokenize(corpus, stopwords=STOPWORDS, stemmer=stemmer, show_progress=False) if corpus else None
    query = bm25s.tokenize([text], stopwords=STOPWORDS, stemmer=stemmer, show_progress=False)
    if tokens is None or not tokens.vocab or not query.vocab:
        return []
    index = bm25s.BM25()
    index.index(tokens, show_progress=False)
    found, scores = index.retrieve(query, k=min(count, len(corpus)), show_progress=False)
    pairs = zip(found[0], scores[0], strict=True)
    return [(int(position), float(score)) for position, score in pairs if score > 0]


def _heading(chunk: dict[str, Any]) -> str:
    name = re.sub(r"[-_./]", " ", chunk["uri"].rsplit("/", 1)[-1].rsplit(".", 1)[0])
    return f"{name} {chunk['title']} {chunk['heading']}"


def _metadata(chunk: dict[str, Any]) -> dict[str, Any]:
    return {"x-amz-bedrock-kb-source-uri": chunk["uri"], **chunk["metadata"]}


def _result(chunk: dict[str, Any], score: float) -> dict[str, Any]:
    return {
        "content": {"type": "TEXT", "text": chunk["text"]},
        "location": {"type": "S3", "s3Location": {"uri": chunk["uri"]}},
        "score": round(score / (score + HALF_SCORE), 4),
        "metadata": _metadata(chunk),
    }
