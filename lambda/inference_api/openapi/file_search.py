"""OpenAI's tool file_search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.openai_file_search import TYPE
from inference_api.openai_search_settings import COMPARISONS, COMPOUNDS, MAX_RESULTS, MAX_STORES, TOOL_FIELDS
from inference_api.openapi.knowledge import attribute
from inference_api.openapi.schemas import Schema, component, list_of, number, one_of, or_null, request
from kit_contract import retrieval_filter as filters

_NAMES = list_of({"type": "string", "minLength": 1}, minItems=1, maxItems=MAX_STORES)
_RANKING = request(
    ("ranker", "score_threshold"),
    {"ranker": or_null(one_of("auto", "none")), "score_threshold": or_null(number(0, 1))},
)
_COMPARED = [
    request(("type", "key", "value"), {"type": one_of(kind), **attribute(operator)}, ("type", "key", "value"))
    for kind, operator in COMPARISONS.items()
]
_COMPOUND = request(
    ("type", "filters"),
    {"type": one_of(*COMPOUNDS), "filters": list_of(component("FileSearchFilter"), minItems=1)},
    ("type", "filters"),
)
TOOL: Schema = request(
    TOOL_FIELDS,
    {
        "type": one_of(TYPE),
        "vector_store_ids": {**_NAMES, "description": "names of knowledge bases"},
        "max_num_results": or_null(number(1, MAX_RESULTS, "integer")),
        "filters": component("FileSearchFilter"),
        "ranking_options": or_null(_RANKING),
    },
    ("type", "vector_store_ids"),
)
CHOICE: Schema = request(("type",), {"type": one_of(TYPE)}, ("type",))
COMPONENTS: Mapping[str, Any] = {
    "FileSearchFilter": {
        "oneOf": [*_COMPARED, _COMPOUND],
        "description": f"at most {filters.MAX_DEPTH} levels deep",
    }
}
