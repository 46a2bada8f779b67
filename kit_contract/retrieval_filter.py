"""Bedrock's RetrievalFilter, checked before the call: of a request of the inference API, and of `kit knowledge`.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html
"""

from __future__ import annotations

import json
import math
from typing import Any

from kit_contract.vector_stores import UNKNOWN, operators_missing

GROUPS = ("andAll", "orAll")
NUMBERS = ("greaterThan", "greaterThanOrEquals", "lessThan", "lessThanOrEquals")
LISTS = ("in", "notIn")
TEXTS = ("listContains", "startsWith", "stringContains")
OPERATORS = ("equals", "notEquals", *NUMBERS, *LISTS, *TEXTS, *GROUPS)
MAX_KEY_LENGTH = 100
MAX_DEPTH = 10
MAX_LIST = 1_000
MAX_SHOWN = 60


class RetrievalFilterError(ValueError):
    """When Bedrock would refuse a filter. `where`: such as filter.andAll[0].equals. `code`: of the API's answer."""

    def __init__(self, where: str, message: str, code: str = "invalid_value") -> None:
        super().__init__(message)
        self.where = where
        self.code = code


def checked_filter(
    condition: Any, where: str, store: str = UNKNOWN, searched: str = "this knowledge base", *, depth: int = 1
) -> dict[str, Any]:
    """`store`: of the knowledge base `searched`, see vector_stores.py. Raises RetrievalFilterError."""
    missing = operators_missing(store)
    known = [operator for operator in OPERATORS if operator not in missing]
    if not isinstance(condition, dict) or len(condition) != 1:
        got = f"{len(condition)} fields" if isinstance(condition, dict) else type(condition).__name__
        message = f"{where} must be an object with one operator ({', '.join(known)}), got {got}"
        raise RetrievalFilterError(where, message)
    operator, operand = next(iter(condition.items()))
    where = f"{where}.{operator}"
    if operator in missing:
        message = f"{where}: the store of {searched} ({store}) has no {operator}; use one of {', '.join(known)}"
        raise RetrievalFilterError(where, message, "unsupported_value")
    if operator in GROUPS:
        return {operator: _group(operand, where, store, searched, depth)}
    if operator not in known:
        raise RetrievalFilterError(where, f"{where} is not an operator; use one of {', '.join(known)}", "unknown_field")
    return {operator: _attribute(operand, operator, where)}


def _group(conditions: Any, where: str, store: str, searched: str, depth: int) -> list[dict[str, Any]]:
    if not isinstance(conditions, list) or len(conditions) < 2:
        got = f"{len(conditions)} of them" if isinstance(conditions, list) else type(conditions).__name__
        raise RetrievalFilterError(where, f"{where} must be a list of at least 2 filters, got {got}")
    if depth == MAX_DEPTH:
        message = f"filter must be at most {MAX_DEPTH} levels deep; flatten it"
        raise RetrievalFilterError(where.partition(".")[0], message)
    return [
        checked_filter(condition, f"{where}[{index}]", store, searched, depth=depth + 1)
        for index, condition in enumerate(conditions)
    ]


def _attribute(operand: Any, operator: str, where: str) -> dict[str, Any]:
    if not isinstance(operand, dict) or set(operand) != {"key", "value"}:
        message = f'{where} must be an object with the fields "key" and "value" only, got {_shown(operand)}'
        raise RetrievalFilterError(where, message)
    return checked_attribute(operand["key"], operand["value"], operator, where)


def checked_attribute(key: Any, value: Any, operator: str, where: str) -> dict[str, Any]:
    """{"key", "value"} of Bedrock's `operator`. Raises RetrievalFilterError with `where`.key or `where`.value."""
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY_LENGTH:
        message = f"{where}.key must be a string of 1 to {MAX_KEY_LENGTH} characters, got {_shown(key)}"
        raise RetrievalFilterError(f"{where}.key", message)
    if not _fits(value, operator):
        message = f"{where}.value must be {_wanted(operator)}, got {_shown(value)}"
        raise RetrievalFilterError(f"{where}.value", message)
    return {"key": key, "value": value}


def _fits(value: Any, operator: str) -> bool:
    if operator in NUMBERS:
        return _is_number(value)
    if operator in LISTS:
        return isinstance(value, list) and 1 <= len(value) <= MAX_LIST and all(_is_plain(item) for item in value)
    return isinstance(value, str) if operator in TEXTS else _is_plain(value)


def _wanted(operator: str) -> str:
    if operator in NUMBERS:
        return "a number"
    if operator in LISTS:
        return f"a list of 1 to {MAX_LIST} strings, numbers or booleans"
    return "a string" if operator in TEXTS else "a string, number or boolean"


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:  # what was read may be too deep to be written
        return type(value).__name__
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and math.isfinite(value)
    )
