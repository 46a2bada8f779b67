"""OpenAI's response_format and reasoning_effort -> what Converse has for them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.structured_answers import AnswerSchema
from inference_api.tools import object_schema

_FORMAT = "response_format"
_SCHEMA = f"{_FORMAT}.json_schema"
_TYPES = ("text", "json_object", "json_schema")
EFFORTS = ("low", "medium", "high", "xhigh", "max")


def answer_schema(body: Mapping[str, Any]) -> AnswerSchema | None:
    """None if the answer is free text. Raises ApiError 400."""
    value = fields.optional_object(body, _FORMAT)
    kind = value.get("type", "text")
    if kind not in _TYPES:
        raise invalid(f"{_FORMAT}.type", f"{_FORMAT}.type must be one of {', '.join(_TYPES)}")
    fields.refuse_others(value, ("type", "json_schema") if kind == "json_schema" else ("type",), where=f"{_FORMAT}.")
    if kind == "text":
        return None
    if kind == "json_object":
        return AnswerSchema("answer", "", {"type": "object"})
    definition = value.get("json_schema")
    if not isinstance(definition, dict):
        raise invalid(_SCHEMA, f'{_SCHEMA} must be {{"name": ..., "schema": {{"type": "object", ...}}}}')
    fields.refuse_others(definition, ("name", "description", "schema", "strict"), where=f"{_SCHEMA}.")
    fields.flag(definition, "strict", where=f"{_SCHEMA}.")
    schema = object_schema(definition.get("schema") or {}, f"{_SCHEMA}.schema")
    return AnswerSchema(_text(definition, "name") or "answer", _text(definition, "description"), schema)


def effort(body: Mapping[str, Any]) -> str | None:
    value = body.get("reasoning_effort")
    if value is None or value in EFFORTS:
        return value
    message = (
        f"reasoning_effort must be one of {', '.join(EFFORTS)}; Bedrock has no other: leave it out for the default"
    )
    raise invalid("reasoning_effort", message, code="unsupported_value")


def _text(definition: Mapping[str, Any], name: str) -> str:
    value = definition.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise invalid(f"{_SCHEMA}.{name}", f"{_SCHEMA}.{name} must be a string")
