"""`--filter`: KEY=VALUE of documents' metadata, or a filter as Bedrock has it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html
"""

import json
from collections.abc import Sequence
from typing import Any

from kit_contract.errors import InputError


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
        if not isinstance(condition, dict) or len(condition) != 1:
            raise InputError(f'--filter must have one operator, such as {{"equals": {{...}}}}, got {text}')
        return condition
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise InputError(f"--filter must be KEY=VALUE or a JSON object, got {text}; such as --filter language=en")
    return {"equals": {"key": key, "value": value_of(value)}}


def value_of(text: str) -> Any:
    """A number or a boolean as such; write a number that the metadata has as text in quotes: year='"2026"'."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str | int | float) else text
