"""JSON as Bedrock reads it: Python's json also takes duplicate keys, NaN and Infinity."""

import json
from typing import Any

from training_data.shown_values import shown


class _StrictError(ValueError):
    """When json would read the text, but Bedrock does not."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise _StrictError(f"key {shown(twice)} appears twice")
    return made


def _constant(name: str) -> None:
    raise _StrictError(f"{name} is not JSON")


STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def json_fault(error: Exception) -> str:
    """What is wrong, and in which column: json's own message counts lines within the record."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (column {error.colno})"
    if isinstance(error, RecursionError):
        return "brackets are nested too deeply"
    return str(error) if isinstance(error, _StrictError) else "a number has too many digits"
