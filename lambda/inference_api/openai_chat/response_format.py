"""OpenAI's response_format -> the schema of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.answer_forms import ANY_OBJECT, AnswerSchema
from inference_api.fields import invalid

_FORMAT = "response_format"
_SCHEMA = f"{_FORMAT}.json_schema"
_TYPES = ("text", "json_object", "json_schema")


def answer_schema(body: Mapping[str, Any]) -> AnswerSchema | None:
    """None if the answer is free text. Raises ApiError 400."""
    if body.get(_FORMAT) is None:
        return None
    value = fields.optional_object(body, _FORMAT)
    kind = value.get("type")
    if kind not in _TYPES:
        raise invalid(f"{_FORMAT}.type", f"{_FORMAT}.type must be one of {', '.join(_TYPES)}")
    fields.refuse_others(value, ("type", "json_schema") if kind == "json_schema" else ("type",), where=f"{_FORMAT}.")
    if kind == "text":
        return None
    if kind == "json_object":
        return ANY_OBJECT
    definition = value.get("json_schema")
    if not isinstance(definition, dict):
        raise invalid(_SCHEMA, f'{_SCHEMA} must be {{"name": ..., "schema": {{"type": "object", ...}}}}')
    from inference_api.structured_answers import schema_of

    return schema_of(definition, f"{_SCHEMA}.")
