"""Retrieve: ranks the chunks of a knowledge base by BM25 over word stems, the document's name included."""

import re
from typing import Any

import bm25s
import Stemmer
from ministack.services import bedrock_agent

from local_aws.extension import knowledge_ingestion
from local_aws.extension.bedrock_answers import BedrockError, Response, answer

MAX_QUERY = 20_000
DEFAULT_RESULTS = 5


def retrieve(body: dict[str, Any], knowledge_base: str) -> Response:
    """The Retrieve operation: scores are 0 to 1, best first. Raises BedrockError."""
    text = (body.get("retrievalQuery") or {}).get("text") or ""
    if not 0 < len(text) <= MAX_QUERY:
        raise BedrockError("ValidationException", f"retrievalQuery.text must have 1 to {MAX_QUERY} characters")
    configuration = (body.get("retrievalConfiguration") or {}).get("vectorSearchConfiguration") or {}
    results = ranked(knowledge_base, text, configuration.get("numberOfResults", DEFAULT_RESULTS))
    return answer({"retrievalResults": results})


def ranked(knowledge_base: str, text: str, count: int) -> list[dict[str, Any]]:
    """The best passages for `text` as Retrieve's results. Raises BedrockError."""
    knowledge_base = knowledge_base.rsplit("/", 1)[-1]
    if knowledge_base not in bedrock_agent._knowledge_bases:
        raise BedrockError("ResourceNotFoundException", f"Knowledge base {knowledge_base} not found")
    chunks = knowledge_ingestion.chunks_of(knowledge_base)
    if not chunks:
        return []
    stemmer = Stemmer.Stemmer("english")
    corpus = [f"{_title(chunk['uri'])} {_title(chunk['uri'])} {chunk['text']}" for chunk in chunks]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(corpus, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)
    query = bm25s.tokenize([text], stopwords="en", stemmer=stemmer, show_progress=False)
    if not query.vocab:
        return []
    found, scores = index.retrieve(query, k=min(count, len(chunks)), show_progress=False)
    return [
        _result(chunks[int(position)], float(score))
        for position, score in zip(found[0], scores[0], strict=True)
        if score > 0
    ]


def _title(uri: str) -> str:
    return re.sub(r"[-_./]", " ", uri.rsplit("/", 1)[-1].rsplit(".", 1)[0])


def _result(chunk: dict[str, str], score: float) -> dict[str, Any]:
    return {
        "content": {"type": "TEXT", "text": chunk["text"]},
        "location": {"type": "S3", "s3Location": {"uri": chunk["uri"]}},
        "score": round(score / (score + 2.0), 4),
        "metadata": {"x-amz-bedrock-kb-source-uri": chunk["uri"]},
    }
