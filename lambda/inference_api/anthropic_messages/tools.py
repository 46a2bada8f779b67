"""Anthropic's tools and tool_choice -> Converse's toolConfig.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.anthropic_messages.content import CACHE, cache_mark
from inference_api.fields import invalid
from inference_api.tools import converse_name, have_used_tools, renamed, tool

_HONOURED = ("type", "name", "description", "input_schema", "strict", CACHE)
# It says how the input of a call is cut into events, not what it is.
_IGNORED = ("eager_input_streaming",)
# They change the answer, but Converse does not have them: only the value that changes nothing is accepted.
_ONLY: Mapping[str, Any] = {"allowed_callers": ["direct"], "defer_loading": False, "input_examples": []}
_CHOICES = ("auto", "any", "tool", "none")
_CHOICE = "tool_choice"


def tool_config(body: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None if the request offers no tools to the model. Raises ApiError 400."""
    tools: list[dict[str, Any]] = []
    for index, item in enumerate(fields.items(body, "tools")):
        tools += _tool(item, f"tools[{index}].")
    choice = {} if body.get(_CHOICE) is None else _choice(fields.optional_object(body, _CHOICE))
    used = have_used_tools(messages)
    if choice is None:
        if used:
            message = (
                'tool_choice "none" is not supported after tool calls: Bedrock requires the tools of a conversation '
                'that has used them; use "auto"'
            )
            raise invalid(_CHOICE, message, code="unsupported_value")
        return None
    if not tools:
        if used:
            raise invalid("tools", "tools is missing; send the tools again in a conversation that has used them")
        return None
    return {"tools": tools, **({"toolChoice": choice} if choice else {})}


def tool_names(body: Mapping[str, Any]) -> dict[str, str]:
    """Converse's name -> the caller's, for the tools of a valid request whose names differ."""
    return renamed([item["name"] for item in fields.items(body, "tools")])


def one_tool_call(body: Mapping[str, Any]) -> bool:
    choice = fields.optional_object(body, _CHOICE)
    return fields.flag(choice, "disable_parallel_tool_use", where=f"{_CHOICE}.") is True


def _tool(item: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """The tool and its cache point."""
    if item.get("type") not in (None, "custom"):
        message = f'{where}type must be "custom": this API runs no tools of Anthropic\'s; describe your own'
        raise invalid(f"{where}type", message, code="unsupported_value")
    given = {name: value for name, value in item.items() if value is not None}
    fields.refuse_others(given, (*_HONOURED, *_IGNORED, *_ONLY), where=where)
    for name, accepted in _ONLY.items():
        if name in given and given[name] != accepted:
            raise invalid(f"{where}{name}", f"{where}{name} is not supported; leave it out", code="unsupported_value")
    name = fields.text(item, "name", where=where)
    strict = fields.flag(item, "strict", where=where) is True
    description = fields.text(item, "description", where=where) if item.get("description") else None
    converted = tool(name, description, item.get("input_schema"), strict=strict, where=f"{where}input_schema")
    mark = cache_mark(item, where)
    return [converted, mark] if mark else [converted]


def _choice(choice: Mapping[str, Any]) -> dict[str, Any] | None:
    """None for "none"."""
    kind = choice.get("type")
    if kind not in _CHOICES:
        raise invalid(f"{_CHOICE}.type", f"{_CHOICE}.type must be one of {', '.join(_CHOICES)}")
    known = ("type", "name", "disable_parallel_tool_use") if kind == "tool" else ("type", "disable_parallel_tool_use")
    fields.refuse_others(choice, known, where=f"{_CHOICE}.")
    if kind == "tool":
        return {"tool": {"name": converse_name(fields.text(choice, "name", where=f"{_CHOICE}."))}}
    return None if kind == "none" else {kind: {}}
