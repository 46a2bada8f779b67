"""`filter` of /v1/retrieve and /v1/retrieve-and-generate: Bedrock's RetrievalFilter, checked before the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.errors import ApiError
from inference_api.fields import invalid
from kit_contract import retrieval_filter as rules


def retrieval_filter(body: Mapping[str, Any], store: str) -> dict[str, Any] | None:
    """The filter of a request, None if the field is absent. `store`: of the knowledge base. Raises ApiError 400.

    A filter of null is refused: a caller that has lost its filter must not get every document.
    """
    if "filter" not in body:
        return None
    try:
        return rules.checked_filter(body["filter"], "filter", store)
    except rules.RetrievalFilterError as error:
        raise _refused(error) from None


def checked_attribute(key: Any, value: Any, operator: str, where: str) -> dict[str, Any]:
    """{"key", "value"} of Bedrock's `operator`. Raises ApiError 400 that names `where`.key or `where`.value."""
    try:
        return rules.checked_attribute(key, value, operator, where)
    except rules.RetrievalFilterError as error:
        raise _refused(error) from None


def _refused(error: rules.RetrievalFilterError) -> ApiError:
    return invalid(error.where, str(error), code=error.code)
