"""The settings of OpenAI's tool file_search -> those of a search of knowledge bases.

https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools (file search)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.found_passages import KnowledgeSearch
from inference_api.retrieval import DEFAULT_RESULTS
from inference_api.retrieval_filter import checked_attribute
from kit_contract.retrieval_filter import MAX_DEPTH

TOOL_FIELDS = ("type", "vector_store_ids", "max_num_results", "filters", "ranking_options")
MAX_RESULTS = 50
MAX_STORES = 2  # OpenAI's limit
COMPARISONS = {
    "eq": "equals",
    "ne": "notEquals",
    "gt": "greaterThan",
    "gte": "greaterThanOrEquals",
    "lt": "lessThan",
    "lte": "lessThanOrEquals",
    "in": "in",
    "nin": "notIn",
}
COMPOUNDS = {"and": "andAll", "or": "orAll"}
_TYPES = (*COMPARISONS, *COMPOUNDS)


def knowledge_search(index: int, tool: Mapping[str, Any], *, demanded: bool) -> KnowledgeSearch:
    """Raises ApiError 400."""
    where = f"tools[{index}]."
    fields.refuse_others(tool, TOOL_FIELDS, where=where)
    names = tool.get("vector_store_ids")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        message = f"{where}vector_store_ids must be a list of names of knowledge bases"
        raise invalid(f"{where}vector_store_ids", message)
    if len(names) > MAX_STORES:
        message = f"{where}vector_store_ids must have at most {MAX_STORES} names, got {len(names)}"
        raise invalid(f"{where}vector_store_ids", message)
    results = _whole_number(tool, "max_num_results", where)
    search = {}
    if "filters" in tool:  # null is refused: a caller that has lost its filter must not get every document
        search["filter"] = _filter(tool["filters"], f"{where}filters", 1)
    rerank, least_score = _ranking(tool, where)
    return KnowledgeSearch(
        knowledge_bases=tuple(dict.fromkeys(names)),
        results=results or DEFAULT_RESULTS,
        search=search,
        rerank=rerank,
        least_score=least_score,
        demanded=demanded,
        where=where[:-1],
    )


def _whole_number(tool: Mapping[str, Any], name: str, where: str) -> int | None:
    return fields.integer({where + name: tool.get(name)}, where + name, low=1, high=MAX_RESULTS)


def _ranking(tool: Mapping[str, Any], where: str) -> tuple[bool, float]:
    """(whether to rerank, the least score)."""
    where += "ranking_options"
    options = tool.get("ranking_options")
    if options is None:
        return False, 0.0
    if not isinstance(options, dict):
        raise invalid(where, f"{where} must be an object")
    fields.refuse_others(options, ("ranker", "score_threshold"), where=f"{where}.")
    ranker = options.get("ranker")
    if ranker not in (None, "auto", "none"):
        message = f'{where}.ranker must be "auto" (the rerank_model of the deployment, if it has one) or "none"'
        raise invalid(f"{where}.ranker", message, code="unsupported_value")
    name = f"{where}.score_threshold"
    threshold = fields.number({name: options.get("score_threshold")}, name, low=0, high=1)
    return ranker == "auto", threshold or 0.0


def _filter(value: Any, where: str, depth: int) -> dict[str, Any]:
    """Bedrock's RetrievalFilter. Raises ApiError 400."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _TYPES:
        raise invalid(f"{where}.type", f"{where} must be an object whose type is one of {', '.join(_TYPES)}")
    if kind in COMPARISONS:
        fields.refuse_others(value, ("type", "key", "value"), where=f"{where}.")
        operator = COMPARISONS[kind]
        return {operator: checked_attribute(value.get("key"), value.get("value"), operator, where)}
    fields.refuse_others(value, ("type", "filters"), where=f"{where}.")
    parts = value.get("filters")
    if not isinstance(parts, list) or not parts:
        raise invalid(f"{where}.filters", f"{where}.filters must be a list of at least one filter")
    if depth == MAX_DEPTH:
        raise invalid(where, f"filters must be at most {MAX_DEPTH} levels deep; flatten it")
    checked = [_filter(part, f"{where}.filters[{index}]", depth + 1) for index, part in enumerate(parts)]
    return checked[0] if len(checked) == 1 else {COMPOUNDS[kind]: checked}
