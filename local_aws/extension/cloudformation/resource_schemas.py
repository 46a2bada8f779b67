"""Validates properties against CloudFormation's resource schemas, which cfn-lint ships."""

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jsonschema import Draft7Validator

NUMBERS = {"integer": int, "number": float}
BOOLEANS = {"true": True, "false": False}
Schemas = list[dict[str, Any]]


class PropertiesError(ValueError):
    """When properties do not match the schema of their type."""


def validate(resource_type: str, properties: dict[str, Any]) -> None:
    """Raise PropertiesError with the first five faults. Read-only properties are faults."""
    faults = [
        f"{'/'.join(map(str, error.absolute_path)) or 'properties'}: {error.message}"
        for error in _validator(resource_type).iter_errors(properties)
    ]
    faults += [
        f"{'/'.join(path)}: is read-only, got {value!r}; leave it out"
        for path in _paths(resource_type, "readOnlyProperties")
        if (value := _at(properties, path)) is not None
    ]
    if faults:
        raise PropertiesError(f"{resource_type}: {'; '.join(sorted(faults)[:5])}")


def typed(resource_type: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The properties as CloudFormation passes them on: text becomes the number or boolean of the schema."""
    result: dict[str, Any] = _typed(properties, _alternatives([_schema(resource_type)], resource_type), resource_type)
    return result


def create_only(resource_type: str) -> tuple[tuple[str, ...], ...]:
    """Paths of the properties whose change replaces the resource."""
    return _paths(resource_type, "createOnlyProperties")


def read_only(resource_type: str) -> tuple[str, ...]:
    """Top-level properties that only the service sets."""
    return tuple(path[0] for path in _paths(resource_type, "readOnlyProperties") if len(path) == 1)


def replaces(resource_type: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the change from `old` to `new` cannot be made in place."""
    return any(_at(old, path) != _at(new, path) for path in create_only(resource_type))


def _paths(resource_type: str, key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(path.removeprefix("/properties/").split("/")) for path in _schema(resource_type).get(key, []))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _typed(value: Any, schemas: Schemas, resource_type: str) -> Any:
    if isinstance(value, dict):
        return {name: _typed(item, _below(schemas, name, resource_type), resource_type) for name, item in value.items()}
    if isinstance(value, list):
        items = _alternatives([schema["items"] for schema in schemas if "items" in schema], resource_type)
        return [_typed(item, items, resource_type) for item in value]
    return _scalar(value, {schema.get("type") for schema in schemas if isinstance(schema.get("type"), str)})


def _scalar(value: Any, types: set[Any]) -> Any:
    if not isinstance(value, str) or "string" in types:
        return value
    if "boolean" in types:
        return BOOLEANS.get(value.lower(), value)
    for name in NUMBERS.keys() & types:
        try:
            return NUMBERS[name](value)
        except ValueError:
            continue
    return value


def _below(schemas: Schemas, name: str, resource_type: str) -> Schemas:
    found = [schema["properties"][name] for schema in schemas if name in schema.get("properties", {})]
    return _alternatives(found, resource_type)


def _alternatives(schemas: Schemas, resource_type: str) -> Schemas:
    """The schemas with references resolved, and each branch of anyOf, oneOf and allOf."""
    found: Schemas = []
    for given in schemas:
        schema = given
        while "$ref" in schema:
            schema = _at(_schema(resource_type), tuple(schema["$ref"].removeprefix("#/").split("/"))) or {}
        branches = [branch for key in ("anyOf", "oneOf", "allOf") for branch in schema.get(key, [])]
        found += [schema, *_alternatives(branches, resource_type)]
    return found


@cache
def _validator(resource_type: str) -> Draft7Validator:
    return Draft7Validator(_schema(resource_type))


@cache
def _schema(resource_type: str) -> dict[str, Any]:
    name = _index().get(resource_type)
    if name is None:
        raise PropertiesError(f"{resource_type} is not a CloudFormation type")
    text = (_folder() / "resources" / f"{name}.json").read_text(encoding="utf-8")
    # Some schemas refer to themselves by file name, which the validator would fetch from the network.
    schema: dict[str, Any] = json.loads(text.replace('"resource-schema.json#', '"#'))
    return schema


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = json.loads((_folder() / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    return index


def _folder() -> Traversable:
    return files("cfnlint") / "data" / "schemas"
