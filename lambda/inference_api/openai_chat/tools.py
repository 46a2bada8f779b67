"""OpenAI's tools and tool_choice -> Converse's toolConfig.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid

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


def _tool(tool: Mapping[str, Any], where: str) -> dict[str, Any]:
    function = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, dict):
        raise invalid(where, f'{where} must be {{"type": "function", "function": {{"name": ...}}}}')
    parameters = function.get("parameters") or _NO_ARGUMENTS
    if not isinstance(parameters, dict):
        raise invalid(f"{where}.function.parameters", f"{where}.function.parameters must be a JSON schema object")
    specification: dict[str, Any] = {"name": fields.text(function, "name"), "inputSchema": {"json": parameters}}
    if fields.flag(function, "strict", where=f"{where}.function."):
        specification["strict"] = True
    description = function.get("description")
    if description:
        specification["description"] = fields.text(function, "description")
    return {"toolSpec": specification}


def _choice(choice: Any) -> dict[str, Any]:
    if choice == "auto":
        return {"auto": {}}
    if choice == "required":
        return {"any": {}}
    function = choice.get("function") if isinstance(choice, dict) else None
    if isinstance(function, dict):
        return {"tool": {"name": fields.text(function, "name")}}
    raise invalid(
        "tool_choice",
        'tool_choice must be "auto", "required", "none" or {"type": "function", "function": {"name": ...}}',
    )
