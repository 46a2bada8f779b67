"""Tools in OpenAI's dialects -> Converse's toolConfig. Each dialect has a shape of its own for a tool and a choice.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.tools import have_used_tools, tool

CHOICES: Mapping[str, Any] = {"auto": {"auto": {}}, "required": {"any": {}}}  # "none" offers no tools


def tool_config(
    tools: Sequence[Mapping[str, Any]], choice: Mapping[str, Any] | str | None, messages: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """None if the request offers no tools to the model. `choice`: Converse's, or "none". Raises ApiError 400."""
    used = have_used_tools(messages)
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
        if choice and choice != CHOICES["auto"]:
            raise invalid("tool_choice", "tool_choice has no tools to choose from; send tools or leave it out")
        return None
    return {"tools": list(tools), **({"toolChoice": choice} if choice else {})}


def function_tool(function: Mapping[str, Any], where: str) -> dict[str, Any]:
    """`where` has a dot at its end. Raises ApiError 400."""
    name = fields.text(function, "name", where=where)
    strict = fields.flag(function, "strict", where=where) is True
    description = fields.text(function, "description", where=where) if function.get("description") else None
    return tool(name, description, function.get("parameters"), strict=strict, where=f"{where}parameters")


def arguments(value: Any, where: str) -> dict[str, Any]:
    """Empty for blank text: some models call a tool without arguments in this way."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return {}
    try:
        found = fields.strict_json(value)
    except (TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise invalid(where, f"{where} must be a JSON object in a string")
    return found
