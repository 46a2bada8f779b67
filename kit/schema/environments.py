"""[environments.*] in the JSON Schema: the sections of the file, none of whose settings is required."""

import json
import re
from typing import Any

REFERENCE = re.compile(r'"#/\$defs/(\w+)"')
CHANGED = "Changed"  # a definition `Training` has a `ChangedTraining` beside it


def with_environments(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` is that of the file without environments; only changed definitions that lose something are doubled."""
    definitions = schema.get("$defs", {})
    doubled = _reaching(definitions, {name for name, item in definitions.items() if "required" in item})
    changed = {f"{CHANGED}{name}": _optional(definitions[name], doubled) for name in sorted(doubled)}
    sections = _optional({"properties": schema["properties"]}, doubled)["properties"]
    account, region = (definitions["Deployment"]["properties"][name] for name in ("account", "region"))
    without = {
        "items": {"type": "string"},
        "title": "Without",
        "type": "array",
        "description": "sections or settings of the file that this environment does not have, such as budget",
    }
    environment = {
        "additionalProperties": False,
        "description": "One stage: account, Region, and what differs from the rest of the file.",
        "properties": {"account": account, "region": region, "without": without, **sections},
        "title": "Environment",
        "type": "object",
    }
    names = _pattern_of_names(schema)
    return {
        **schema,
        "$defs": {**definitions, **changed, "Environment": environment},
        "properties": {
            **schema["properties"],
            "environments": {
                "additionalProperties": False,
                "default": {},
                "patternProperties": {names: {"$ref": "#/$defs/Environment"}},
                "title": "Environments",
                "type": "object",
            },
        },
    }


def _pattern_of_names(schema: dict[str, Any]) -> str:
    """The pattern of names, as the knowledge bases have it."""
    return str(next(iter(schema["properties"]["knowledge_bases"]["patternProperties"])))


def _reaching(definitions: dict[str, Any], found: set[str]) -> set[str]:
    """`found`, and what refers to one of them."""
    while more := {
        name
        for name, item in definitions.items()
        if name not in found and found & set(REFERENCE.findall(json.dumps(item)))
    }:
        found = found | more
    return found


def _optional(item: Any, doubled: set[str]) -> Any:
    """Without `required`, and with the changed definitions."""
    if isinstance(item, list):
        return [_optional(one, doubled) for one in item]
    if not isinstance(item, dict):
        return item
    found = {key: _optional(value, doubled) for key, value in item.items() if key != "required" or _is_setting(value)}
    name = str(item.get("$ref", "")).rpartition("/")[2]
    return {**found, "$ref": f"#/$defs/{CHANGED}{name}"} if name in doubled else found


def _is_setting(value: Any) -> bool:
    """A setting could be called `required`: then it has a schema, where the keyword has a list of names."""
    return not isinstance(value, list)
