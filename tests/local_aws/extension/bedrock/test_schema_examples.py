"""Values that satisfy JSON schemas, as they are published by frameworks for tools and structured output."""

from typing import Any

import pytest

from tests.local_aws.conftest import Call

SCHEMAS: list[dict[str, Any]] = [
    {"type": "object"},
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 9}}, "required": ["n"]},
    {
        "type": "object",
        "properties": {"n": {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5}},
        "required": ["n"],
    },
    {
        "type": "object",
        "properties": {"x": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}},
        "required": ["x"],
    },
    {
        "type": "object",
        "properties": {"unit": {"enum": ["C", "F"]}, "kind": {"const": 7}},
        "required": ["unit", "kind"],
    },
    {"type": "object", "properties": {"id": {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"}}, "required": ["id"]},
    {"type": "object", "properties": {"s": {"type": "string", "pattern": "^(on|off)[^o]?x*y+$"}}, "required": ["s"]},
    {"type": "object", "properties": {"s": {"type": "string", "minLength": 12, "maxLength": 14}}, "required": ["s"]},
    {"type": "object", "properties": {"d": {"type": "string", "format": "date"}}, "required": ["d"]},
    {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True}},
        "required": ["tags"],
    },
    {
        "type": "object",
        "properties": {"x": {"type": ["null", "number"]}, "b": {"type": "boolean"}},
        "required": ["x", "b"],
    },
    {"type": "object", "properties": {"x": {"anyOf": [{"type": "null"}, {"type": "string"}]}}, "required": ["x"]},
    {
        "type": "object",
        "$defs": {
            "Node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
                },
                "required": ["name"],
                "additionalProperties": False,
            }
        },
        "properties": {"head": {"$ref": "#/$defs/Node"}},
        "required": ["head"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "allOf": [
            {"properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
        ],
    },
    {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": {"type": "integer"}}},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_a_value_is_valid_and_always_the_same(call: Call, schema: dict[str, Any]) -> None:
    value = call("bedrock.schema_examples", "example", schema)

    assert call("bedrock.schema_examples", "satisfies", schema, value)
    assert call("bedrock.schema_examples", "example", schema) == value


@pytest.mark.parametrize("properties", [{"s": {"type": "string", "pattern": "(?=a)b"}}, {"s": False}])
def test_a_schema_without_a_value_is_named(call: Call, properties: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no value|no text"):
        call("bedrock.schema_examples", "example", {"type": "object", "properties": properties, "required": ["s"]})
