"""OpenAI chat messages -> Converse messages: roles, text, images and tool calls.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid

_DATA_URL = re.compile(r"data:image/(png|jpeg|jpg|gif|webp);base64,", re.IGNORECASE)
_SYSTEM_ROLES = ("system", "developer")
_ROLES = (*_SYSTEM_ROLES, "user", "assistant", "tool")

Block = dict[str, Any]


def converse_messages(body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Block]]:
    """(messages, system). Merges adjacent messages of one role, as Converse requires. Raises ApiError 400."""
    messages: list[dict[str, Any]] = []
    system: list[Block] = []
    for index, message in enumerate(fields.items(body, "messages")):
        where = f"messages[{index}]"
        role = message.get("role")
        if role not in _ROLES:
            raise invalid(f"{where}.role", f"{where}.role must be one of {', '.join(_ROLES)}")
        if role in _SYSTEM_ROLES:
            system += _content(message, where, images=False)
            continue
        _append(messages, "assistant" if role == "assistant" else "user", _blocks(role, message, where))
    if not messages:
        raise invalid("messages", "messages must contain at least one user message that is not empty")
    return messages, system


def _append(messages: list[dict[str, Any]], role: str, blocks: Sequence[Block]) -> None:
    if messages and messages[-1]["role"] == role:
        messages[-1]["content"] += blocks
    elif blocks:
        messages.append({"role": role, "content": list(blocks)})


def _blocks(role: str, message: Mapping[str, Any], where: str) -> list[Block]:
    if role == "tool":
        return [_tool_result(message, where)]
    if role == "user":
        return _content(message, where, images=True)
    calls = fields.items(message, "tool_calls", where=f"{where}.")
    uses = [_tool_use(call, f"{where}.tool_calls[{index}]") for index, call in enumerate(calls)]
    return [*_content(message, where, images=False), *uses]


def _content(message: Mapping[str, Any], where: str, *, images: bool) -> list[Block]:
    """Drops blank text: OpenAI clients send it, Converse rejects it."""
    content = message.get("content")
    if content is None and message.get("role") == "assistant":
        return []
    if isinstance(content, str):
        return [{"text": content}] if content.strip() else []
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise invalid(f"{where}.content", f"{where}.content must be a string or a list of parts")
    parts = [_part(part, f"{where}.content[{index}]", images) for index, part in enumerate(content)]
    return [part for part in parts if part.get("text") != ""]


def _part(part: Mapping[str, Any], where: str, images: bool) -> Block:
    kind = part.get("type")
    value = part.get("text") if kind == "text" else part.get("refusal") if kind == "refusal" else None
    if isinstance(value, str):
        return {"text": value if value.strip() else ""}
    if kind == "image_url" and images:
        return _image(part, where)
    allowed = "text or image_url" if images else "text"
    raise invalid(f"{where}.type", f"{where} must be a part of type {allowed} with a value")


def _image(part: Mapping[str, Any], where: str) -> Block:
    source = part.get("image_url")
    url = source.get("url") if isinstance(source, dict) else None
    if not isinstance(url, str):
        raise invalid(f"{where}.image_url", f'{where}.image_url must be {{"url": "data:image/png;base64,..."}}')
    header = _DATA_URL.match(url)
    if header is None:
        raise invalid(
            f"{where}.image_url.url",
            f"{where}.image_url.url must be a data: URL with a base64-encoded png, jpeg, gif or webp image; "
            "http and https URLs are not fetched: download the image and send its bytes",
        )
    try:
        content = base64.b64decode(url[header.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"{where}.image_url.url", f"{where}.image_url.url is not valid base64") from None
    image_format = header[1].lower().replace("jpg", "jpeg")
    return {"image": {"format": image_format, "source": {"bytes": content}}}


def _tool_use(call: Mapping[str, Any], where: str) -> Block:
    function = call.get("function")
    if call.get("type", "function") != "function" or not isinstance(function, dict):
        raise invalid(where, f"{where} must be of type function, with function.name and function.arguments")
    try:
        arguments = json.loads(function.get("arguments") or "{}")
    except (TypeError, ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise invalid(f"{where}.function.arguments", f"{where}.function.arguments must be a JSON object in a string")
    return {
        "toolUse": {"toolUseId": fields.text(call, "id"), "name": fields.text(function, "name"), "input": arguments}
    }


def _tool_result(message: Mapping[str, Any], where: str) -> Block:
    # A tool result can be empty, but Converse rejects a blank block.
    content = _content(message, where, images=False) or [{"text": "(empty)"}]
    return {"toolResult": {"toolUseId": fields.text(message, "tool_call_id"), "content": content}}
