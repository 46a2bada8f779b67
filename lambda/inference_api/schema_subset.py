"""Whether Bedrock's structured output takes a JSON schema.

https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html (supported JSON Schema features)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEYS = frozenset(
    [
        "$schema",
        "$ref",
        "$defs",
        "definitions",
        "type",
        "title",
        "description",
        "default",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "enum",
        "const",
        "anyOf",
        "allOf",
        "format",
    ]
)
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
_MAX_DEPTH = 40


def in_subset(schema: Mapping[str, Any]) -> bool:
    return _Subset(schema).takes(schema, 0)


class _Subset:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._known: set[str] = set()  # references that were followed to their end

    def takes(self, node: Any, depth: int) -> bool:
        """A recursive schema ends at _MAX_DEPTH."""
        if not isinstance(node, dict) or depth > _MAX_DEPTH or not _plain(node):
            return False
        if "$ref" in node and not self._reference(node["$ref"], depth):
            return False
        return all(self.takes(child, depth + 1) for child in _children(node))

    def _reference(self, reference: Any, depth: int) -> bool:
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return False
        if reference in self._known:
            return True
        node: Any = self._root
        for name in reference[2:].split("/"):
            node = node.get(name) if isinstance(node, dict) else None
        if not self.takes(node, depth + 1):
            return False
        self._known.add(reference)
        return True


def _plain(node: Mapping[str, Any]) -> bool:
    """Whether the keys of the node itself are supported."""
    return (
        _KEYS.issuperset(node)
        and (not _is_object(node) or node.get("additionalProperties") is False)
        and node.get("minItems", 0) in (0, 1)
        and node.get("format", "date") in _FORMATS
        and not any(isinstance(value, dict | list) for value in _list(node, "enum"))
    )


def _is_object(node: Mapping[str, Any]) -> bool:
    kind = node.get("type")
    return "properties" in node or kind == "object" or (isinstance(kind, list) and "object" in kind)


def _children(node: Mapping[str, Any]) -> list[Any]:
    properties = node.get("properties", {})
    named = list(properties.values()) if isinstance(properties, dict) else [None]
    items = [node["items"]] if "items" in node else []
    return [*named, *items, *_list(node, "anyOf"), *_list(node, "allOf")]


def _list(node: Mapping[str, Any], name: str) -> list[Any]:
    """One None, which no schema is, in place of what is no list."""
    value = node.get(name, [])
    return value if isinstance(value, list) else [None]
