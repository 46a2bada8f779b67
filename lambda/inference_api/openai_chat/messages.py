"""OpenAI chat messages -> Converse messages: roles, text, images, documents and tool calls.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.messages import append, completed
from inference_api.openai_tools import arguments
from inference_api.tools import converse_name

_SYSTEM_ROLES = ("system", "developer")
_ROLES = (*_SYSTEM_ROLES, "user", "assistant", "tool")
# What clients send back with an answer's message. It says nothing to the model that the rest does not say.
_ECHOED = ("annotations", "reasoning_content", "parsed")
MUST_BE_EMPTY = ("function_call", "audio", "provider_specific_fields", "thinking_blocks")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "system": ("role", "content", "name"),
    "developer": ("role", "content", "name"),
    "user": ("role", "content", "name"),
    "assistant": ("role", "content", "name", "refusal", "tool_calls", *_ECHOED, *MUST_BE_EMPTY),
    "tool": ("role", "content", "tool_call_id", "name"),
}
CACHE = "cache_control"  # changes the price of an answer, not the answer
_NO_CONTENT = ("assistant", "tool")

Block = dict[str, Any]


def converse_messages(body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Block]]:
    """(messages, system). Merges adjacent messages of one role, as Converse requires. Raises ApiError 400."""
    messages: list[dict[str, Any]] = []
    system: list[Block] = []
    names: dict[str, str] = {}
    for index, message in enumerate(fields.items(body, "messages")):
        where = f"messages[{index}]"
        role = message.get("role")
        if role not in _ROLES:
            raise invalid(f"{where}.role", f"{where}.role must be one of {', '.join(_ROLES)}")
        fields.refuse_others(message, (*FIELDS[role], CACHE), where=f"{where}.")
        _refuse_second_name(role, message, where, names)
        if role in _SYSTEM_ROLES:
            system += _content(message, where, media=False)
            continue
        append(messages, "assistant" if role == "assistant" else "user", _blocks(role, message, where))
    if not messages:
        raise invalid("messages", "messages must contain at least one user message that is not empty")
    return completed(messages), system


def _refuse_second_name(role: str, message: Mapping[str, Any], where: str, names: dict[str, str]) -> None:
    """One name for each role tells no two participants apart, so leaving it out changes nothing."""
    name = fields.optional_text(message, "name", where=f"{where}.")
    if name is not None and role != "tool" and names.setdefault(role, name) != name:
        text = f"{where}.name is another than before, and Bedrock has no names; write it into the content"
        raise invalid(f"{where}.name", text, code="unsupported_value")


def _blocks(role: str, message: Mapping[str, Any], where: str) -> list[Block]:
    if role == "tool":
        return [_tool_result(message, where)]
    if role == "user":
        return _content(message, where, media=True)
    return _assistant(message, where)


def _assistant(message: Mapping[str, Any], where: str) -> list[Block]:
    for name in MUST_BE_EMPTY:
        if message.get(name):
            text = f"{where}.{name} must be null: Bedrock has no such part of a message; leave it out"
            raise invalid(f"{where}.{name}", text, code="unsupported_value")
    refusal = fields.optional_text(message, "refusal", where=f"{where}.") if message.get("refusal") else None
    calls = fields.items(message, "tool_calls", where=f"{where}.")
    uses = [_tool_use(call, f"{where}.tool_calls[{index}]") for index, call in enumerate(calls)]
    return [*_content(message, where, media=False), *([{"text": refusal}] if refusal else []), *uses]


def _content(message: Mapping[str, Any], where: str, *, media: bool) -> list[Block]:
    """Drops blank text: OpenAI clients send it, Converse rejects it."""
    content = message.get("content")
    if content is None and message["role"] in _NO_CONTENT:
        return []
    if isinstance(content, str):
        return [{"text": content}] if content.strip() else []
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise invalid(f"{where}.content", f"{where}.content must be a string or a list of parts")
    parts = [_part(part, f"{where}.content[{index}]", media) for index, part in enumerate(content)]
    return [part for part in parts if part.get("text") != ""]


def _part(part: Mapping[str, Any], where: str, media: bool) -> Block:
    kind = part.get("type")
    if kind in ("text", "refusal") and isinstance(part.get(kind), str):
        fields.refuse_others(part, ("type", kind, CACHE), where=f"{where}.")
        return {"text": part[kind] if part[kind].strip() else ""}
    if kind == "image_url" and media:
        from inference_api.openai_chat.media import image

        fields.refuse_others(part, ("type", kind, CACHE), where=f"{where}.")
        return image(part, where)
    if kind == "file" and media:
        from inference_api.openai_chat.media import document

        fields.refuse_others(part, ("type", kind, CACHE), where=f"{where}.")
        return document(part, where)
    allowed = "text, image_url or file" if media else "text"
    raise invalid(f"{where}.type", f"{where} must be a part of type {allowed} with a value")


def _tool_use(call: Mapping[str, Any], where: str) -> Block:
    function = call.get("function")
    if call.get("type", "function") != "function" or not isinstance(function, dict):
        raise invalid(where, f"{where} must be of type function, with function.name and function.arguments")
    fields.refuse_others(call, ("id", "type", "function", "index", CACHE), where=f"{where}.")
    fields.refuse_others(function, ("name", "arguments", "parsed_arguments"), where=f"{where}.function.")
    given = arguments(function.get("arguments"), f"{where}.function.arguments")
    call_id = fields.text(call, "id", where=f"{where}.")
    name = fields.text(function, "name", where=f"{where}.function.")
    return {"toolUse": {"toolUseId": converse_name(call_id), "name": converse_name(name), "input": given}}


def _tool_result(message: Mapping[str, Any], where: str) -> Block:
    # A tool result can be empty, but Converse rejects a blank block.
    content = _content(message, where, media=True) or [{"text": "(empty)"}]
    call_id = fields.text(message, "tool_call_id", where=f"{where}.")
    return {"toolResult": {"toolUseId": converse_name(call_id), "content": content}}
