"""OpenAI's tools and tool_choice -> Converse's toolConfig.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.tools import converse_name, have_used_tools, renamed, tool


def tool_config(body: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None if the request offers no tools to the model. Raises ApiError 400."""
    tools = [_tool(item, f"tools[{index}]") for index, item in enumerate(fields.items(body, "tools"))]
    choice = body.get("tool_choice")
    used = have_used_tools(messages)
    if choice == "none":
        if used:
            raise invalid(
                "tool_choice",
                'tool_choice "none" is not supported after tool calls: Bedrock requires the tools of a conversation '
                'that has used them; use "auto"',
            )
        return None
    chosen = None if choice is None else _choice(choice)
    if not tools:
        if used:
            raise invalid("tools", "tools is missing; send the tools again in a conversation that has used them")
        if chosen not in (None, {"auto": {}}):
            raise invalid("tool_choice", "tool_choice names a tool or requires one, but tools is missing; add it")
        return None
    return {"tools": tools, **({"toolChoice": chosen} if chosen else {})}


def tool_names(body: Mapping[str, Any]) -> dict[str, str]:
    """Converse's name -> the caller's, for the tools of a valid request whose names differ."""
    return renamed([item["function"]["name"] for item in fields.items(body, "tools")])


def _tool(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    function = item.get("function")
    if item.get("type") != "function" or not isinstance(function, dict):
        raise invalid(where, f'{where} must be {{"type": "function", "function": {{"name": ...}}}}')
    fields.refuse_others(item, ("type", "function", "cache_control"), where=f"{where}.")
    where = f"{where}.function."
    fields.refuse_others(function, ("name", "description", "parameters", "strict", "cache_control"), where=where)
    name = fields.text(function, "name", where=where)
    strict = fields.flag(function, "strict", where=where) is True
    description = fields.text(function, "description", where=where) if function.get("description") else None
    return tool(name, description, function.get("parameters"), strict=strict, where=f"{where}parameters")


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
