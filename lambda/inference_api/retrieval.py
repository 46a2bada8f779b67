"""POST /v1/retrieve: passages with score and source.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.errors import ApiError
from inference_api.fallback import BUDGET_SECONDS
from inference_api.fields import invalid
from inference_api.guardrails import guardrail_action, retrieval_guardrail
from inference_api.http_messages import Answer, Facts, Request, json_answer
from inference_api.retrieval_filter import retrieval_filter
from inference_api.service import Service
from kit_contract.inference_api import KnowledgeBase, Settings
from kit_contract.vector_stores import has_hybrid_search

MAX_QUERY_CHARACTERS = 20_000
# https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-quotas.html
MAX_QUERY_CHARACTERS_OF_MANAGED = 10_000
MAX_RESULTS = 100
DEFAULT_RESULTS = 5
SEARCH_FIELDS = ("query", "knowledge_base", "max_results", "filter", "rerank", "search_type")


def retrieve(request: Request, service: Service, facts: Facts) -> Answer:
    """{"data": [{"text", "score", "source", "metadata"}]}, best first. Raises ApiError 400 or 404."""
    body = request.json()
    fields.refuse_others(body, SEARCH_FIELDS)
    knowledge_base = knowledge_base_of(body, service.settings)
    query = fields.text(body, "query", max_length=longest_query(knowledge_base))
    search: Any = {"numberOfResults": DEFAULT_RESULTS, **search_of(body, knowledge_base)}
    call: dict[str, Any] = {
        "retrievalQuery": {"text": query},
        "retrievalConfiguration": retrieval_configuration(knowledge_base, search),
    }
    if guardrail := retrieval_guardrail(knowledge_base, None, service.settings, facts):
        call["guardrailConfiguration"] = guardrail
    response = service.clients.retrieve(
        service.knowledge_base_ids.of(knowledge_base), call, read_seconds=BUDGET_SECONDS
    )
    return json_answer(200, {"data": passages_of(response), **guardrail_action(response, facts)})


def search_of(body: Mapping[str, Any], knowledge_base: KnowledgeBase) -> dict[str, Any]:
    """What the request says of its vectorSearchConfiguration. Raises ApiError 400."""
    results = fields.integer(body, "max_results", low=1, high=MAX_RESULTS)
    said = {
        "numberOfResults": results,
        "filter": retrieval_filter(body, knowledge_base.store),
        "overrideSearchType": _search_type(body, knowledge_base),
        **_reranking(body, knowledge_base, results or DEFAULT_RESULTS),
    }
    return {name: value for name, value in said.items() if value is not None}


def longest_query(knowledge_base: KnowledgeBase) -> int:
    return MAX_QUERY_CHARACTERS_OF_MANAGED if knowledge_base.managed else MAX_QUERY_CHARACTERS


def retrieval_configuration(knowledge_base: KnowledgeBase, search: Mapping[str, Any]) -> Any:
    """Bedrock's: each type of knowledge base refuses the search of the other."""
    if knowledge_base.managed:
        return {"managedSearchConfiguration": {"rerankingModelType": "NONE", **search}}
    return {"vectorSearchConfiguration": search}


def reranking(model_arn: str, kept: int | None = None) -> dict[str, Any]:
    """Bedrock's rerankingConfiguration. `kept`: how many passages stay."""
    configuration: dict[str, Any] = {"modelConfiguration": {"modelArn": model_arn}}
    if kept is not None:
        configuration["numberOfRerankedResults"] = kept
    return {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": configuration}


def knowledge_base_of(body: Mapping[str, Any], settings: Settings) -> KnowledgeBase:
    """The knowledge base that the body names, or of the only one. Raises ApiError 400 or 404."""
    known = settings.knowledge_bases
    names = ", ".join(sorted(known))
    if not known:
        message = (
            "this deployment has no knowledge base; add [knowledge_base] or [knowledge_bases.*] to deployment.toml"
        )
        raise ApiError(404, "knowledge_base_not_found", message, param="knowledge_base")
    name = fields.optional_text(body, "knowledge_base")
    if name is None and len(known) > 1:
        raise invalid("knowledge_base", f"knowledge_base is missing; set it to one of: {names}", code="missing_field")
    if name is not None and name not in known:
        message = f"knowledge_base must be one of: {names}; you can omit it if there is only one"
        raise ApiError(404, "knowledge_base_not_found", message, param="knowledge_base")
    return known[name] if name else next(iter(known.values()))


def passages_of(response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The passages in a response of Retrieve."""
    return [
        {
            "text": result.get("content", {}).get("text", ""),
            "score": result.get("score"),
            "source": source_of(result),
            "metadata": result.get("metadata", {}),
        }
        for result in response["retrievalResults"]
    ]


def source_of(result: Mapping[str, Any]) -> str | None:
    """The source of a passage: each type of location has one field with it (uri, url, id or query)."""
    locations = [value for value in result.get("location", {}).values() if isinstance(value, dict)]
    return next((str(value) for location in locations for value in location.values()), None)


def _search_type(body: Mapping[str, Any], knowledge_base: KnowledgeBase) -> str | None:
    value = body.get("search_type")
    if value is not None and knowledge_base.managed:
        message = "search_type must be left out: a managed knowledge base decides how it searches"
        raise invalid("search_type", message, code="unsupported_value")
    hybrid = has_hybrid_search(knowledge_base.store)
    if value in (None, "semantic") or (value == "hybrid" and hybrid):
        return value and str(value).upper()
    allowed = "semantic or hybrid" if hybrid else "semantic, as its store has no hybrid search"
    message = f"search_type must be {allowed}, got {json.dumps(value)[:60]}"
    raise invalid("search_type", message, code="unsupported_value")


def _reranking(body: Mapping[str, Any], knowledge_base: KnowledgeBase, results: int) -> dict[str, Any]:
    value = body.get("rerank")
    if value is None or value is False:
        return {}
    if value is not True and not isinstance(value, dict):
        raise invalid("rerank", f'rerank must be true, false or {{"top_n": 1 to {results}}}')
    options = {} if value is True else value
    fields.refuse_others(options, ("top_n",), where="rerank.")
    kept = options.get("top_n")
    if kept is not None and (isinstance(kept, bool) or not isinstance(kept, int) or not 1 <= kept <= results):
        message = f"rerank.top_n must be a whole number from 1 to {results}, the number of passages (max_results)"
        raise invalid("rerank.top_n", message)
    if knowledge_base.managed:
        if kept is not None:
            raise invalid("rerank.top_n", "rerank must be true or false: AWS's reranker keeps all of max_results")
        return {"rerankingModelType": "MANAGED"}
    if knowledge_base.rerank_model_arn is None:
        message = "this knowledge base has no model to rerank with; set its rerank_model in deployment.toml and deploy"
        raise invalid("rerank", message, code="unsupported_value")
    return {"rerankingConfiguration": reranking(knowledge_base.rerank_model_arn, kept)}
