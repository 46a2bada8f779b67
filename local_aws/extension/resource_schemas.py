"""CloudFormation's own resource schemas (cfn-lint ships them): what is accepted here would be accepted there."""

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jsonschema import Draft7Validator


class PropertiesError(ValueError):
    """When properties do not fit the type's schema: resource type, path, what is wrong, what was given."""


def validate(resource_type: str, properties: dict[str, Any]) -> None:
    """Raise PropertiesError with every fault of `properties`, read-only properties included."""
    faults = [
        f"{'/'.join(map(str, error.absolute_path)) or 'properties'}: {error.message}"
        for error in _validator(resource_type).iter_errors(properties)
    ]
    faults += [f"{name}: is read-only" for name in read_only(resource_type) if name in properties]
    if faults:
        raise PropertiesError(f"{resource_type}: {'; '.join(sorted(faults)[:5])}")


def create_only(resource_type: str) -> tuple[str, ...]:
    """Top-level properties whose change replaces the resource."""
    return _top_level(resource_type, "createOnlyProperties")


def read_only(resource_type: str) -> tuple[str, ...]:
    """Top-level properties that only the service sets: the attributes of Fn::GetAtt."""
    return _top_level(resource_type, "readOnlyProperties")


def _top_level(resource_type: str, key: str) -> tuple[str, ...]:
    names = [path.removeprefix("/properties/") for path in _schema(resource_type).get(key, [])]
    return tuple(name for name in names if "/" not in name)


@cache
def _validator(resource_type: str) -> Draft7Validator:
    return Draft7Validator(_schema(resource_type))


@cache
def _schema(resource_type: str) -> dict[str, Any]:
    name = _index().get(resource_type)
    if name is None:
        raise PropertiesError(f"{resource_type} is not a CloudFormation type")
    schema: dict[str, Any] = json.loads((_folder() / "resources" / f"{name}.json").read_text(encoding="utf-8"))
    return schema


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = json.loads((_folder() / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    return index


def _folder() -> Traversable:
    return files("cfnlint") / "data" / "schemas"
