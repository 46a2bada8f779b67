"""The field `text` -> the schema of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.answer_forms import ANY_OBJECT, AnswerSchema
from inference_api.fields import invalid
from inference_api.openai_settings import refuse_changes
from inference_api.structured_answers import schema_of

_FORMAT = "text.format"
_TYPES = ("text", "json_object", "json_schema")
ONLY = {"verbosity": ("medium",)}


def text_format(body: Mapping[str, Any]) -> tuple[AnswerSchema | None, dict[str, Any]]:
    """(None if the answer is free text, the field as a response repeats it). Raises ApiError 400."""
    text = fields.optional_object(body, "text")
    fields.refuse_others(text, ("format", *ONLY), where="text.")
    refuse_changes(text, ONLY, where="text.")
    value = {"type": "text"} if text.get("format") is None else text["format"]
    if not isinstance(value, dict) or value.get("type") not in _TYPES:
        raise invalid(f"{_FORMAT}.type", f"{_FORMAT}.type must be one of {', '.join(_TYPES)}")
    kind = value["type"]
    if kind == "json_schema":
        schema = schema_of(value, f"{_FORMAT}.", more=("type",))
        return schema, {"format": {**value, "name": schema.name, "schema": schema.schema}, "verbosity": "medium"}
    fields.refuse_others(value, ("type",), where=f"{_FORMAT}.")
    return (ANY_OBJECT if kind == "json_object" else None), {"format": {"type": kind}, "verbosity": "medium"}
