"""`filter` of /v1/retrieve and /v1/retrieve-and-generate: Bedrock's RetrievalFilter, checked before the call.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html. The documents' vectors
are in S3 Vectors, which has no operator for prefixes and substrings:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from inference_api.errors import ApiError
from inference_api.fields import invalid

GROUPS = ("andAll", "orAll")
NUMBERS = ("greaterThan", "greaterThanOrEquals", "lessThan", "lessThanOrEquals")
LISTS = ("in", "notIn")
OPERATORS = ("equals", "notEquals", *NUMBERS, *LISTS, "listContains", *GROUPS)
_UNSUPPORTED = ("startsWith", "stringContains")
MAX_KEY_LENGTH = 100
MAX_DEPTH = 10
MAX_LIST = 1_000


def retrieval_filter(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The filter of a request, None if the field is absent. Raises ApiError 400.

    A filter of null is refused: a caller that has lost its filter must not get every document.
    """
    return _checked(body["filter"], "filter", 1) if "filter" in body else None


def _checked(condition: Any, where: str, depth: int) -> dict[str, Any]:
    if not isinstance(condition, dict) or len(condition) != 1:
        got = f"{len(condition)} fields" if isinstance(condition, dict) else type(condition).__name__
        raise invalid(where, f"{where} must be an object with one operator ({', '.join(OPERATORS)}), got {got}")
    operator, operand = next(iter(condition.items()))
    where = f"{where}.{operator}"
    if operator in _UNSUPPORTED:
        message = f"{where}: S3 Vectors, where the documents are indexed, does not support {operator}; use equals or in"
        raise invalid(where, message, code="unsupported_value")
    if operator in GROUPS:
        return {operator: _group(operand, where, depth)}
    if operator not in OPERATORS:
        raise invalid(where, f"{where} is not an operator; use one of {', '.join(OPERATORS)}", code="unknown_field")
    return {operator: _attribute(operand, operator, where)}


def _group(conditions: Any, where: str, depth: int) -> list[dict[str, Any]]:
    if not isinstance(conditions, list) or len(conditions) < 2:
        got = f"{len(conditions)} of them" if isinstance(conditions, list) else type(conditions).__name__
        raise invalid(where, f"{where} must be a list of at least 2 filters, got {got}")
    if depth == MAX_DEPTH:
        raise invalid(where.partition(".")[0], f"filter must be at most {MAX_DEPTH} levels deep; flatten it")
    return [_checked(condition, f"{where}[{index}]", depth + 1) for index, condition in enumerate(conditions)]


def _attribute(operand: Any, operator: str, where: str) -> dict[str, Any]:
    if not isinstance(operand, dict) or set(operand) != {"key", "value"}:
        raise invalid(where, f'{where} must be an object with the fields "key" and "value" only')
    return checked_attribute(operand["key"], operand["value"], operator, where)


def checked_attribute(key: Any, value: Any, operator: str, where: str) -> dict[str, Any]:
    """{"key", "value"} of Bedrock's `operator`. Raises ApiError 400 that names `where`.key or `where`.value."""
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY_LENGTH:
        raise invalid(f"{where}.key", f"{where}.key must be a string of 1 to {MAX_KEY_LENGTH} characters")
    if not _fits(value, operator):
        raise _misfit(operator, f"{where}.value")
    return {"key": key, "value": value}


def _fits(value: Any, operator: str) -> bool:
    if operator in NUMBERS:
        return _is_number(value)
    if operator in LISTS:
        return isinstance(value, list) and 1 <= len(value) <= MAX_LIST and all(_is_plain(item) for item in value)
    return isinstance(value, str) if operator == "listContains" else _is_plain(value)


def _misfit(operator: str, where: str) -> ApiError:
    wanted = "a string, number or boolean"
    if operator in NUMBERS:
        wanted = "a number"
    elif operator in LISTS:
        wanted = f"a list of 1 to {MAX_LIST} strings, numbers or booleans"
    elif operator == "listContains":
        wanted = "a string"
    return invalid(where, f"{where} must be {wanted}")


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and math.isfinite(value)
    )
