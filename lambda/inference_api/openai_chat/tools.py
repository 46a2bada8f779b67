"""OpenAI's tools and tool_choice -> Converse's toolConfig.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields, openai_tools
from inference_api.fields import invalid
from inference_api.openai_file_search import is_file_search, other_choice
from inference_api.tools import converse_name, renamed


def tool_config(body: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None if the request offers no tools to the model. Raises ApiError 400."""
    items = fields.items(body, "tools")
    tools = [_tool(item, f"tools[{index}]") for index, item in enumerate(items) if not is_file_search(item)]
    return openai_tools.tool_config(tools, _choice(other_choice(body)), messages)


def tool_names(body: Mapping[str, Any]) -> dict[str, str]:
    """Converse's name -> the caller's, for the tools of a valid request whose names differ."""
    return renamed([item["function"]["name"] for item in fields.items(body, "tools") if not is_file_search(item)])


def _tool(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    function = item.get("function")
    if item.get("type") != "function" or not isinstance(function, dict):
        form = '{"type": "function", "function": {"name": ...}} or {"type": "file_search", "vector_store_ids": [...]}'
        raise invalid(where, f"{where} must be {form}")
    fields.refuse_others(item, ("type", "function", "cache_control"), where=f"{where}.")
    where = f"{where}.function."
    fields.refuse_others(function, ("name", "description", "parameters", "strict", "cache_control"), where=where)
    return openai_tools.function_tool(function, where)


def _choice(choice: Any) -> Any:
    if choice is None or choice == "none":
        return choice
    if isinstance(choice, str) and choice in openai_tools.CHOICES:
        return openai_tools.CHOICES[choice]
    function = choice.get("function") if isinstance(choice, dict) else None
    if isinstance(function, dict):
        fields.refuse_others(choice, ("type", "function"), where="tool_choice.")
        fields.refuse_others(function, ("name",), where="tool_choice.function.")
        return {"tool": {"name": converse_name(fields.text(function, "name", where="tool_choice.function."))}}
    raise invalid(
        "tool_choice",
        'tool_choice must be "auto", "required", "none" or {"type": "function", "function": {"name": ...}}',
    )
