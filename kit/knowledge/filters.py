"""`--filter`: KEY=VALUE of documents' metadata, or a filter as Bedrock has it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html
"""

import json
from collections.abc import Sequence
from typing import Any

from kit_contract.errors import InputError
from kit_contract.retrieval_filter import RetrievalFilterError, checked_filter

COMPARES = "!<>^~"  # a!=1 is no condition on the key "a!"


def filter_from(given: Sequence[str]) -> dict[str, Any] | None:
    """All of `given` must fit. Raises InputError."""
    conditions = [_condition(text) for text in given]
    return {"andAll": conditions} if len(conditions) > 1 else next(iter(conditions), None)


def _condition(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            condition = json.loads(text)
        except ValueError as error:
            raise InputError(f"--filter is no JSON: {error}, got {text}") from None
        return _checked(condition)
    key, equals, value = (part.strip() for part in text.partition("="))
    if not key or not equals or key[-1] in COMPARES:
        raise InputError(f"--filter must be KEY=VALUE or a JSON object, got {text}; such as --filter language=en")
    return _checked({"equals": {"key": key, "value": value_of(value)}})


def _checked(condition: Any) -> dict[str, Any]:
    try:
        return checked_filter(condition, "--filter")
    except RetrievalFilterError as error:
        raise InputError(str(error)) from None


def value_of(text: str) -> Any:
    """A number or a boolean as such; write a number that the metadata has as text in quotes: year='"2026"'."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str | int | float) else text
