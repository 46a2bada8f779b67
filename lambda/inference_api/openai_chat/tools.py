"""OpenAI's tools and tool_choice -> Converse's toolConfig.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.openai_chat.names import converse_name

_NO_ARGUMENTS = {"type": "object", "properties": {}}


def tool_config(body: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None if the request offers no tools to the model. Raises ApiError 400."""
    tools = [_tool(tool, f"tools[{index}]") for index, tool in enumerate(fields.items(body, "tools"))]
    choice = body.get("tool_choice")
    used = any("toolUse" in block or "toolResult" in block for message in messages for block in message["content"])
    if choice == "none":
        if used:
            raise invalid(
                "tool_choice",
                'tool_choice "none" is not supported after tool calls: Bedrock requires the tools of a conversation '
                'that has used them; use "auto"',
            )
        return None
    if not tools:
        if used:
            raise invalid("tools", "tools is missing; send the tools again in a conversation that has used them")
        return None
    return {"tools": tools, **({"toolChoice": _choice(choice)} if choice else {})}


def tool_names(body: Mapping[str, Any]) -> dict[str, str]:
    """Converse's name -> the caller's, for the tools of a valid request whose names differ."""
    names = [tool["function"]["name"] for tool in fields.items(body, "tools")]
    return {converse_name(name): name for name in names if converse_name(name) != name}


def object_schema(schema: Any, where: str) -> dict[str, Any]:
    """`schema` with its type, which Bedrock requires. Raises ApiError 400 if it is not that of an object."""
    if not isinstance(schema, dict):
        raise invalid(where, f"{where} must be a JSON schema object")
    if schema.get("type", "object") != "object":
        raise invalid(f"{where}.type", f'{where}.type must be "object": Bedrock takes no other at the top level')
    return schema if "type" in schema else {"type": "object", **schema}


def _tool(tool: Mapping[str, Any], where: str) -> dict[str, Any]:
    function = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, dict):
        raise invalid(where, f'{where} must be {{"type": "function", "function": {{"name": ...}}}}')
    fields.refuse_others(tool, ("type", "function", "cache_control"), where=f"{where}.")
    where = f"{where}.function."
    fields.refuse_others(function, ("name", "description", "parameters", "strict", "cache_control"), where=where)
    name = fields.text(function, "name", where=where)
    parameters = object_schema(function.get("parameters") or _NO_ARGUMENTS, f"{where}parameters")
    specification: dict[str, Any] = {"name": converse_name(name), "inputSchema": {"json": parameters}}
    if fields.flag(function, "strict", where=where):
        specification["strict"] = True
    if function.get("description"):
        specification["description"] = fields.text(function, "description", where=where)
    return {"toolSpec": specification}


def _choice(choice: Any) -> dict[str, Any]:
    if choice == "auto":
        return {"auto": {}}
    if choice == "required":
        return {"any": {}}
    function = choice.get("function") if isinstance(choice, dict) else None
    if isinstance(function, dict):
        fields.refuse_others(choice, ("type", "function"), where="tool_choice.")
        fields.refuse_others(function, ("name",), where="tool_choice.function.")
        return {"tool": {"name": converse_name(fields.text(function, "name", where="tool_choice.function."))}}
    raise invalid(
        "tool_choice",
        'tool_choice must be "auto", "required", "none" or {"type": "function", "function": {"name": ...}}',
    )
