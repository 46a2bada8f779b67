"""The input of the Responses API -> Converse messages.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.messages import append, completed
from inference_api.openai_responses.content_parts import content
from inference_api.openai_responses.reasoning import block_of
from inference_api.openai_tools import arguments
from inference_api.tools import converse_name

ROLES = ("user", "assistant", "system", "developer")
# `id`, `status` and `name` are what clients send back of an answer. They say nothing to the model.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "message": ("type", "role", "content", "id", "status", "phase"),
    "function_call": (
        "type",
        "call_id",
        "name",
        "arguments",
        "parsed_arguments",
        "id",
        "status",
        *("namespace", "caller"),
    ),
    "function_call_output": ("type", "call_id", "output", "name", "id", "status", *("namespace", "caller")),
    "file_search_call": ("type", "queries", "results", "id", "status"),
    "reasoning": ("type", "summary", "content", "encrypted_content", "id", "status"),
}
MUST_BE_NULL = ("phase", "namespace", "caller")
_REFERENCE = (
    "is not supported: this API keeps no items; send the item itself. Clients that refer to items do so no more with "
    "store set to false"
)

Block = dict[str, Any]


def converse_messages(body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Block]]:
    """(messages, system). Merges adjacent items of one role, as Converse requires. Raises ApiError 400."""
    messages: list[dict[str, Any]] = []
    instructions = body.get("instructions") or ""
    system: list[Block] = [{"text": instructions}] if instructions.strip() else []
    for index, item in enumerate(_items(body)):
        where = f"input[{index}]"
        kind = _kind(item, where)
        if kind == "message" and item.get("role") in ("system", "developer"):
            system += content(item.get("content"), f"{where}.content", media=False)
            continue
        role = "user" if kind == "function_call_output" else "assistant"
        append(messages, _role(item, where) if kind == "message" else role, _blocks(kind, item, where))
    if not messages:
        raise invalid("input", "input must have at least one message of the user that is not empty")
    return completed(messages), system


def _items(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    value = body.get("input")
    if value is None:
        raise invalid("input", "input is missing; add it as a string or a list of items", code="missing_field")
    return [{"role": "user", "content": value}] if isinstance(value, str) else fields.items(body, "input")


def _kind(item: Mapping[str, Any], where: str) -> str:
    kind = item.get("type")
    if kind is None:
        kind = "message" if "role" in item or "id" not in item else "item_reference"
    if kind == "item_reference":
        raise invalid(where, f"{where}: item_reference {_REFERENCE}", code="unsupported_value")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise invalid(f"{where}.type", f"{where}.type must be one of {', '.join(FIELDS)}", code="unsupported_value")
    fields.refuse_others(item, (*FIELDS[kind], "cache_control"), where=f"{where}.")
    for name in MUST_BE_NULL:
        if item.get(name) is not None:
            message = f"{where}.{name} must be null: Bedrock has no such part of an item; leave it out"
            raise invalid(f"{where}.{name}", message, code="unsupported_value")
    return kind


def _role(item: Mapping[str, Any], where: str) -> str:
    role = item.get("role")
    if role not in ROLES:
        raise invalid(f"{where}.role", f"{where}.role must be one of {', '.join(ROLES)}")
    return str(role)


def _blocks(kind: str, item: Mapping[str, Any], where: str) -> list[Block]:
    if kind == "message":
        return content(item.get("content"), f"{where}.content", media=item["role"] == "user")
    if kind == "reasoning":
        # Without a signature it is no part of the conversation: Bedrock takes only what the model can check.
        encrypted = item.get("encrypted_content")
        return [block_of(encrypted, f"{where}.encrypted_content")] if encrypted else []
    if kind == "file_search_call":
        return []  # the answer after it says what was found, and the model can search again
    call_id = converse_name(fields.text(item, "call_id", where=f"{where}."))
    if kind == "function_call":
        name = converse_name(fields.text(item, "name", where=f"{where}."))
        given = arguments(item.get("arguments"), f"{where}.arguments")
        return [{"toolUse": {"toolUseId": call_id, "name": name, "input": given}}]
    # A result can be empty, but Converse rejects a blank block.
    output = content(item.get("output"), f"{where}.output", media=True) or [{"text": "(empty)"}]
    return [{"toolResult": {"toolUseId": call_id, "content": output}}]
