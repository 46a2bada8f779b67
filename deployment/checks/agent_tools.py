"""Faults of [agents.*.tools.*]: the code of a function, what it declares to the model, and the knowledge base.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-add-target-lambda.html
"""

import json
from collections.abc import Iterator
from typing import Any

from deployment.checks.arn_places import place_faults
from deployment.checks.python_code import function_faults
from deployment.checks.reading import RESOLVED
from deployment.config import DeploymentConfig
from deployment.sections.agent_tools import Tool
from kit_contract.agents import GATEWAY_TOOL

# The harness's own names: its gateway, and what is built in. `file_operations` is no name of a section.
RESERVED = (GATEWAY_TOOL, "shell", "browser")
TYPES = ("string", "number", "integer", "boolean", "array", "object")
# SchemaDefinition of CreateGatewayTarget has no more: no enum, no bounds, no references.
KEYWORDS = ("type", "description", "properties", "required", "items")
REPLACED = f"CloudFormation would replace {RESOLVED}...}}}}; write it otherwise"
MAX_DESCRIPTION = 4096  # InlineFunction; a gateway's tool has the same here


def tool_faults(where: str, name: str, tool: Tool, config: DeploymentConfig) -> Iterator[str]:
    if name in RESERVED:
        yield f"{where}: {', '.join(RESERVED)} are names of the harness itself; rename the section"
    if tool.knowledge_base:
        yield from _knowledge_base_faults(where, tool.knowledge_base, tool.description or "", config)
    if tool.kind != "lambda":
        return
    if tool.function_arn:
        yield from place_faults(f"{where}.function_arn", config, tool.function_arn)
    if tool.code:
        yield from function_faults(f"{where}.code", tool.code, tool.entry_point, fix="set handler")
    elif tool.handler:
        yield f"{where}.handler: applies to code that the kit deploys, not to a function that exists; remove it"
    if tool.code is None or tool.code.exists():
        yield from _declaration_faults(where, tool)


def _knowledge_base_faults(where: str, name: str, description: str, config: DeploymentConfig) -> Iterator[str]:
    if RESOLVED in description:
        yield f"{where}.description: {REPLACED}"
    known = list(config.all_knowledge_bases)
    if name not in known:
        yield f"{where}.knowledge_base: is not a knowledge base, got {name!r}; allowed: {', '.join(known) or 'none'}"


def _declaration_faults(where: str, tool: Tool) -> Iterator[str]:
    path = tool.schema_path
    if path is None:
        yield f"{where}.schema_file: is missing; name a JSON file with the function's description and inputSchema"
        return
    where = f"{where}.schema_file"
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        yield f"{where}: {path} cannot be read: {error.strerror}; write the tool's description and inputSchema there"
        return
    except ValueError as error:
        yield f"{where}: {path.name} is not JSON: {error}; correct it"
        return
    if RESOLVED in json.dumps(given, ensure_ascii=False):
        yield f"{where}: {path.name}: {REPLACED}"
    if not isinstance(given, dict) or given.keys() != {"description", "inputSchema"}:
        names = sorted(given) if isinstance(given, dict) else type(given).__name__
        yield f'{where}: {path.name} must be an object with "description" and "inputSchema", got {names}'
        return
    text = given["description"]
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_DESCRIPTION:
        yield f"{where}: description must be a text of 1 to {MAX_DESCRIPTION} characters, got {text!r:.50}"
    schema = given["inputSchema"]
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield f'{where}: inputSchema.type must be "object", got {schema!r:.50}'
    else:
        yield from _schema_faults(f"{where}: inputSchema", schema, strict=not tool.confirm)


def _schema_faults(where: str, schema: dict[str, Any], *, strict: bool) -> Iterator[str]:
    """`strict`: a gateway takes some of JSON Schema only; the harness itself takes all of it."""
    kind = schema.get("type")
    if strict and kind not in TYPES:
        yield f"{where}.type must be one of {', '.join(TYPES)}, got {kind!r}"
    if strict and (foreign := sorted(schema.keys() - set(KEYWORDS))):
        yield (
            f"{where}: a gateway takes {', '.join(KEYWORDS)} only, got {', '.join(foreign)}; say it in the description"
        )
    if strict and not isinstance(text := schema.get("description", ""), str):
        yield f"{where}.description must be a text, got {text!r:.50}"
    properties = schema.get("properties", {})
    if not isinstance(properties, dict) or not all(isinstance(item, dict) for item in properties.values()):
        yield f"{where}.properties must be an object of schemas, got {properties!r:.50}"
        return
    yield from _required_faults(where, schema.get("required", []), list(properties))
    if kind == "array" and not isinstance(schema.get("items"), dict):
        yield f"{where}.items must be the schema of an item, got {schema.get('items')!r}"
    for name, item in properties.items():
        yield from _schema_faults(f"{where}.properties.{name}", item, strict=strict)
    if isinstance(schema.get("items"), dict):
        yield from _schema_faults(f"{where}.items", schema["items"], strict=strict)


def _required_faults(where: str, required: object, names: list[str]) -> Iterator[str]:
    if not isinstance(required, list) or (unknown := [name for name in required if name not in names]):
        listed = required if not isinstance(required, list) else ", ".join(map(str, unknown))
        allowed = ", ".join(names) or "none"
        yield f"{where}.required must list names of properties, got {listed}; allowed: {allowed}"
