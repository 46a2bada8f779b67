"""The smallest value that satisfies a JSON schema, always the same. Pure."""

import importlib
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]
FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "mock@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
DEEPEST = 20
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"


class UnsatisfiedError(ValueError):
    """When no value was found: the schema contradicts itself, or it is beyond this module."""


def example(schema: Schema) -> Any:
    """A value that `schema` accepts. Raises UnsatisfiedError."""
    value = _value(schema, schema, "value", 0)
    if not satisfies(schema, value):
        raise UnsatisfiedError(f"no value was found for the schema {schema}")
    return value


def satisfies(schema: Schema, value: Any) -> bool:
    valid: bool = Draft202012Validator(schema).is_valid(value)
    return valid


def _value(given: Any, root: Schema, name: str, depth: int) -> Any:
    if given is True or depth > DEEPEST:
        return name
    if given is False:
        raise UnsatisfiedError(f"no value is allowed at {name}")
    schema = _merged(given, root, depth)
    stated = [schema[key] for key in ("const", "default") if key in schema]
    stated += [schema[key][0] for key in ("enum", "examples") if schema.get(key)]
    if stated:
        return stated[0]
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            return _alternative(schema, key, root, name, depth)
    return _typed(_type(schema), schema, root, name, depth)


def _alternative(schema: Schema, key: str, root: Schema, name: str, depth: int) -> Any:
    """The value of the first branch that also satisfies what stands beside the branches."""
    beside = {other: value for other, value in schema.items() if other != key}
    for branch in schema[key]:
        value = _value({"allOf": [beside, branch]}, root, name, depth + 1)
        if Draft202012Validator({**_definitions(root), **schema}).is_valid(value):
            return value
    raise UnsatisfiedError(f"no branch of {key} was satisfied at {name}")


def _typed(kind: str, schema: Schema, root: Schema, name: str, depth: int) -> Any:
    if kind == "object":
        properties = schema.get("properties", {})
        return {key: _value(properties.get(key, True), root, key, depth + 1) for key in schema.get("required", [])}
    if kind == "array":
        first = schema.get("prefixItems", [])
        count = max(schema.get("minItems", 1 if schema.get("maxItems", 1) else 0), len(first))
        items = [*first, *([schema.get("items", True)] * count)][:count]
        return [
            _value(item, root, f"{name} {number}" if number else name, depth + 1) for number, item in enumerate(items)
        ]
    if kind in ("integer", "number"):
        return _number(schema, whole=kind == "integer")
    return {"boolean": True, "null": None}[kind] if kind in ("boolean", "null") else _text(schema, name)


def _number(schema: Schema, *, whole: bool) -> Any:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    step = schema.get("multipleOf", 1)
    start = low if low is not None else min(1, high if high is not None else 1)
    candidates = [start, *(step * (start // step + offset) for offset in (0, 1, 2, -1)), start + 0.5, start - 0.5]
    if low is not None and high is not None:
        candidates.append((low + high) / 2)
    validator = Draft202012Validator({**schema, "type": "integer" if whole else "number"})
    found = next((value for value in candidates if validator.is_valid(value)), start)
    return int(found) if whole else found


def _text(schema: Schema, name: str) -> str:
    if pattern := schema.get("pattern"):
        return _matching(pattern)
    if known := FORMATS.get(schema.get("format", "")):
        return known
    return name.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


def _matching(pattern: str) -> str:
    """The shortest text that the regular expression matches, by the parser of Python's `re`."""
    parser = importlib.import_module("re._parser")
    try:
        return "".join(_piece(str(operation), argument) for operation, argument in parser.parse(pattern))
    except Exception as error:
        raise UnsatisfiedError(f"no text was found for the pattern {pattern}: {error}") from None


def _piece(operation: str, argument: Any) -> str:
    if operation == "LITERAL":
        return chr(int(argument))
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, inner = argument
        return "".join(_piece(str(op), arg) for op, arg in inner) * int(least or min(1, most))
    if operation == "SUBPATTERN":
        return "".join(_piece(str(op), arg) for op, arg in argument[-1])
    if operation == "BRANCH":
        return "".join(_piece(str(op), arg) for op, arg in argument[1][0])
    if operation == "IN":
        return _one_of(argument)
    if operation == "NOT_LITERAL":
        return next(letter for letter in LETTERS if letter != chr(int(argument)))
    if operation == "AT":
        return ""
    return {"ANY": "x"}[operation]


def _one_of(choices: list[tuple[Any, Any]]) -> str:
    operation, argument = str(choices[0][0]), choices[0][1]
    if operation == "NEGATE":
        excluded = {chr(code) for kind, code in choices[1:] if str(kind) == "LITERAL"}
        return next(letter for letter in LETTERS if letter not in excluded)
    if operation == "RANGE":
        return chr(argument[0])
    if operation == "LITERAL":
        return chr(argument)
    return dict(CATEGORY_DIGIT="0", CATEGORY_WORD="a", CATEGORY_SPACE=" ")[str(argument)]


def _merged(schema: Schema, root: Schema, depth: int) -> Schema:
    """The schema with its reference and the branches of allOf merged into it."""
    merged = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    parts = [_referred(schema["$ref"], root)] if "$ref" in schema else []
    for part in [*parts, *schema.get("allOf", [])]:
        inner = _merged(part, root, depth + 1) if depth <= DEEPEST else {}
        properties = {**merged.get("properties", {}), **inner.get("properties", {})}
        required = [*merged.get("required", []), *inner.get("required", [])]
        merged = {**merged, **inner, **({"properties": properties} if properties else {})}
        merged.update({"required": list(dict.fromkeys(required))} if required else {})
    return merged


def _referred(reference: str, root: Schema) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found[part] if part else found
    return dict(found)


def _definitions(root: Schema) -> Schema:
    return {key: root[key] for key in ("$defs", "definitions") if key in root}


def _type(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return str(next((one for one in kind if one != "null"), "null"))
    if kind is not None:
        return str(kind)
    if "properties" in schema or "required" in schema:
        return "object"
    return "array" if "items" in schema or "prefixItems" in schema else "string"
