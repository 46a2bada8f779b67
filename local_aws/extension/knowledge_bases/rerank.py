"""Rerank: orders documents of the request by their relevance to a query.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
"""

import json
from typing import Any

from local_aws.extension.bedrock.responses import BedrockError, Response, answer
from local_aws.extension.knowledge_bases.ranking import relevance
from local_aws.extension.knowledge_bases.reranking import TYPE, check_model

MAX_SOURCES, MAX_TEXT = 1_000, 32_000


def rerank(body: dict[str, Any]) -> Response:
    """Raises BedrockError."""
    queries, sources = body.get("queries") or [], body.get("sources") or []
    if len(queries) != 1 or queries[0].get("type") != "TEXT":
        raise _refused("queries must have 1 query of type TEXT")
    if not 1 <= len(sources) <= MAX_SOURCES:
        raise _refused(f"sources must have 1 to {MAX_SOURCES} documents, got {len(sources)}")
    configuration = body.get("rerankingConfiguration") or {}
    if configuration.get("type") != TYPE:
        raise _refused(f"rerankingConfiguration.type must be {TYPE}")
    bedrock = configuration.get("bedrockRerankingConfiguration") or {}
    check_model((bedrock.get("modelConfiguration") or {}).get("modelArn") or "")
    kept = bedrock.get("numberOfResults", len(sources))
    if kept > len(sources):
        # https://github.com/langchain-ai/langchain-aws/issues/761
        raise _refused("Cannot provide numberOfResults value that exceeds the number of sources.")
    order = relevance([_document(source) for source in sources], _text(queries[0].get("textQuery")))
    return answer({"results": [{"index": index, "relevanceScore": round(score, 4)} for index, score in order[:kept]]})


def _document(source: dict[str, Any]) -> str:
    document = source.get("inlineDocumentSource") or {}
    if source.get("type") != "INLINE" or document.get("type") not in ("TEXT", "JSON"):
        raise _refused("sources must be of type INLINE, with documents of type TEXT or JSON")
    if document["type"] == "JSON":
        return json.dumps(document.get("jsonDocument"), ensure_ascii=False)
    return _text(document.get("textDocument"))


def _text(value: dict[str, Any] | None) -> str:
    text = (value or {}).get("text") or ""
    if not 0 < len(text) <= MAX_TEXT:
        raise _refused(f"a text must have 1 to {MAX_TEXT} characters, got {len(text)}")
    return str(text)


def _refused(message: str) -> BedrockError:
    return BedrockError("ValidationException", message)
