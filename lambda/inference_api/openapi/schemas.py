"""JSON Schemas of requests and answers, in the words of the fields that the dialects check."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

ANY: Schema = {}
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
FILLED: Schema = {"type": "string", "pattern": r"\S"}
OBJECT: Schema = {"type": "object"}
COUNT: Schema = {"type": "integer", "minimum": 0}


def or_null(schema: Schema, description: str = "") -> Schema:
    """`null` is the same as leaving the field out."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        either: Schema = {**schema, "type": [schema["type"], "null"]}
    elif "enum" in schema:
        either = {**schema, "enum": [*schema["enum"], None]}
    else:
        either = {"anyOf": [schema, {"type": "null"}]}
    return {**either, "description": description} if description else either


def one_of(*values: Any) -> Schema:
    return {"enum": list(values)}


def list_of(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def number(low: float, high: float, kind: str = "number") -> Schema:
    return {"type": kind, "minimum": low, "maximum": high}


def answer(properties: Mapping[str, Schema], optional: Collection[str] = ()) -> Schema:
    """An object of an answer: later versions can have more fields."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def request(known: Sequence[str], properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """An object of a request with the fields `known` and no others. ValueError if others are described."""
    if set(known) != set(properties):
        differing = ", ".join(sorted(set(known) ^ set(properties)))
        raise ValueError(f"describe the fields that the request has, and no others; these differ: {differing}")
    fields = {name: properties[name] for name in known}
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


def events(data: Schema, description: str) -> Schema:
    """One of the server-sent events of an answer: https://spec.openapis.org/oas/v3.2.0.html#server-sent-event-streams."""
    content = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "properties": {"event": TEXT, "data": content},
        "required": ["data"],
        "description": description,
    }


def component(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
