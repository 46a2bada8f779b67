"""The tools and the tool_choice of the Responses API -> Converse's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.openai_settings import refuse_changes
from inference_api.openai_tools import CHOICES, function_tool
from inference_api.tools import converse_name

FIELDS = ("type", "name", "description", "parameters", "strict", "cache_control")
ONLY: Mapping[str, tuple[Any, ...]] = {"defer_loading": (False,), "async": (False,), "allowed_callers": (["direct"],)}


def tools_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Converse's tools. Raises ApiError 400."""
    return [_tool(item, f"tools[{index}]") for index, item in enumerate(fields.items(body, "tools"))]


def shown_tools(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tools of a valid request as a response repeats them."""
    return [
        {
            "type": "function",
            "name": item["name"],
            "description": item.get("description"),
            "parameters": item.get("parameters"),
            "strict": item.get("strict") is True,
        }
        for item in fields.items(body, "tools")
    ]


def choice_of(body: Mapping[str, Any]) -> Any:
    """Converse's choice, "none", or None if there is none. Raises ApiError 400."""
    choice = body.get("tool_choice")
    if choice is None or choice == "none":
        return choice
    if isinstance(choice, str) and choice in CHOICES:
        return CHOICES[choice]
    if isinstance(choice, dict) and choice.get("type") == "function":
        fields.refuse_others(choice, ("type", "name"), where="tool_choice.")
        return {"tool": {"name": converse_name(fields.text(choice, "name", where="tool_choice."))}}
    raise invalid("tool_choice", 'tool_choice must be "auto", "required", "none" or {"type": "function", "name": ...}')


def _tool(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    kind = item.get("type")
    if kind != "function":
        got = f" {kind}" if isinstance(kind, str) and kind.isidentifier() else ""
        message = (
            f"{where}.type must be function: the tool{got} runs at OpenAI, not at Bedrock; offer a function and run it "
            "in your code"
        )
        raise invalid(f"{where}.type", message, code="unsupported_value")
    fields.refuse_others(item, (*FIELDS, *ONLY), where=f"{where}.")
    refuse_changes(item, ONLY, where=f"{where}.")
    return function_tool(item, f"{where}.")
