"""Tools as Converse takes them, for every dialect.

Names of tools and ids of their calls have fewer characters in Bedrock than elsewhere (`mcp.search`, `call_1|fc_2`). The
same one is always rewritten in the same way.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from inference_api.fields import invalid

_MAX_LENGTH = 64
_FINE = r"[a-zA-Z0-9_-]{1,64}"
_DIGITS = 8
_NO_ARGUMENTS = {"type": "object", "properties": {}}


def converse_name(name: str) -> str:
    """`name` itself where Bedrock takes it. Else it ends in a part of its hash, which tells it from similar ones."""
    if re.fullmatch(_FINE, name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{re.sub('[^a-zA-Z0-9_-]', '_', name)[: _MAX_LENGTH - _DIGITS - 1]}_{digest}"


def tool(name: str, description: str | None, schema: Any, *, strict: bool, where: str) -> dict[str, Any]:
    """A tool of Converse's toolConfig. `where` names the schema in errors. Raises ApiError 400."""
    specification: dict[str, Any] = {
        "name": converse_name(name),
        "inputSchema": {"json": object_schema(_NO_ARGUMENTS if schema in (None, {}) else schema, where)},
    }
    if strict:
        specification["strict"] = True
    if description:
        specification["description"] = description
    return {"toolSpec": specification}


def renamed(names: Sequence[str]) -> dict[str, str]:
    """Converse's name -> the caller's, for those that differ."""
    return {converse_name(name): name for name in names if converse_name(name) != name}


def have_used_tools(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the conversation has calls of tools or their results: then Bedrock requires the tools again."""
    return any("toolUse" in block or "toolResult" in block for message in messages for block in message["content"])


def object_schema(schema: Any, where: str) -> dict[str, Any]:
    """`schema` with its type, which Bedrock requires. Raises ApiError 400 if it is not that of an object."""
    if not isinstance(schema, dict):
        raise invalid(where, f"{where} must be a JSON schema object")
    if schema.get("type", "object") != "object":
        raise invalid(f"{where}.type", f'{where}.type must be "object": Bedrock takes no other at the top level')
    return schema if "type" in schema else {"type": "object", **schema}
