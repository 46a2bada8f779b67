"""The tools and the tool_choice of the Responses API -> Converse's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.openai_file_search import is_file_search, other_choice
from inference_api.openai_settings import refuse_changes
from inference_api.openai_tools import CHOICES, function_tool
from inference_api.retrieval import DEFAULT_RESULTS
from inference_api.tools import converse_name, renamed

FIELDS = ("type", "name", "description", "parameters", "strict", "cache_control")
ONLY: Mapping[str, tuple[Any, ...]] = {"defer_loading": (False,), "async": (False,), "allowed_callers": (["direct"],)}


def tools_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Converse's tools. Raises ApiError 400."""
    items = enumerate(fields.items(body, "tools"))
    return [_tool(item, f"tools[{index}]") for index, item in items if not is_file_search(item)]


def tool_names(body: Mapping[str, Any]) -> dict[str, str]:
    """Converse's name -> the caller's, for the tools of a valid request whose names differ."""
    return renamed([item["name"] for item in fields.items(body, "tools") if not is_file_search(item)])


def shown_tools(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tools of a valid request as a response repeats them."""
    return [_shown_search(item) if is_file_search(item) else _shown(item) for item in fields.items(body, "tools")]


def choice_of(body: Mapping[str, Any]) -> Any:
    """Converse's choice, "none", or None if there is none. Raises ApiError 400."""
    choice = other_choice(body)
    if choice is None or choice == "none":
        return choice
    if isinstance(choice, str) and choice in CHOICES:
        return CHOICES[choice]
    if isinstance(choice, dict) and choice.get("type") == "function":
        fields.refuse_others(choice, ("type", "name"), where="tool_choice.")
        return {"tool": {"name": converse_name(fields.text(choice, "name", where="tool_choice."))}}
    message = (
        'tool_choice must be "auto", "required", "none", {"type": "function", "name": ...} or {"type": "file_search"}'
    )
    raise invalid("tool_choice", f"{message} with such a tool")


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "function",
        "name": item["name"],
        "description": item.get("description"),
        "parameters": item.get("parameters"),
        "strict": item.get("strict") is True,
    }


def _shown_search(item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "max_num_results": item.get("max_num_results") or DEFAULT_RESULTS}


def _tool(item: Mapping[str, Any], where: str) -> dict[str, Any]:
    kind = item.get("type")
    if kind != "function":
        got = f" {kind}" if isinstance(kind, str) and kind.isidentifier() else ""
        message = (
            f"{where}.type must be function or file_search: the tool{got} runs at OpenAI, not at Bedrock; offer a "
            "function and run it in your code"
        )
        raise invalid(f"{where}.type", message, code="unsupported_value")
    fields.refuse_others(item, (*FIELDS, *ONLY), where=f"{where}.")
    refuse_changes(item, ONLY, where=f"{where}.")
    return function_tool(item, f"{where}.")
