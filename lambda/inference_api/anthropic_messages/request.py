"""The body of a request to /v1/messages -> a turn.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from inference_api import fields
from inference_api.answer_forms import AnswerSchema
from inference_api.anthropic_messages.content import CACHE, cache_mark, content_blocks, message_blocks
from inference_api.anthropic_messages.model_fields import ModelFields
from inference_api.anthropic_messages.tools import one_tool_call, tool_config, tool_names
from inference_api.conversation import Turn
from inference_api.fields import invalid
from inference_api.media import Block
from inference_api.messages import append, completed
from inference_api.tools import object_schema

# They cannot change the answer, so they are accepted and ignored: docs/inference-api.md lists them.
IGNORED = ("metadata",)
COUNTED = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "output_format", CACHE)
_HONOURED = (*COUNTED, "max_tokens", "stream", "stop_sequences", "temperature", "top_p", "top_k", "service_tier")
KNOWN = (*_HONOURED, *IGNORED)
# Only the values that change nothing.
ONLY: Mapping[str, tuple[Any, ...]] = {"service_tier": ("auto", "standard_only"), "speed": ("standard",)}
EFFORTS = ("low", "medium", "high", "xhigh", "max")
MAX_TOKENS = 1_000_000
_ROLES = ("user", "assistant")


class MessagesRequest(NamedTuple):
    """`one_tool_call`: parallel tool use is disabled. `stop_sequences`: the caller's."""

    turn: Turn
    stream: bool
    one_tool_call: bool
    stop_sequences: list[str]


def messages_request(body: Mapping[str, Any], headers: Mapping[str, str]) -> MessagesRequest:
    """Raises ApiError 400: each field is honoured or refused by name."""
    given = _given(body, KNOWN)
    if given.get("max_tokens") is None:
        raise invalid("max_tokens", "max_tokens is missing; add it as a number", code="missing_field")
    turn, stops = _turn(given, headers), _stop_sequences(given)
    inference = {
        "maxTokens": fields.integer(given, "max_tokens", low=1, high=MAX_TOKENS),
        "temperature": fields.number(given, "temperature", low=0, high=1),
        "topP": fields.number(given, "top_p", low=0, high=1),
        "stopSequences": stops or None,
    }
    request = {**turn.request, "inferenceConfig": {name: item for name, item in inference.items() if item is not None}}
    if len(stops) > 1:  # Claude says which one it was; other models leave a path out that they do not have
        request["additionalModelResponseFieldPaths"] = ["/stop_sequence"]
    return MessagesRequest(
        turn._replace(request=request),
        stream=fields.flag(given, "stream") is True,
        one_tool_call=one_tool_call(given),
        stop_sequences=stops,
    )


def count_request(body: Mapping[str, Any], headers: Mapping[str, str]) -> Turn:
    """Raises ApiError 400."""
    return _turn(_given(body, COUNTED), headers)


def _given(body: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    given = {name: value for name, value in body.items() if value is not None}
    fields.refuse_others(given, (*known, *ONLY))
    for name, accepted in ONLY.items():
        if name in given and given[name] not in accepted:
            message = f"{name} must be one of {', '.join(accepted)}; leave it out"
            raise invalid(name, message, code="unsupported_value")
    return given


def _turn(body: Mapping[str, Any], headers: Mapping[str, str]) -> Turn:
    alias = fields.text(body, "model")
    messages = _messages(body)
    level, schema = _output(body)
    optional = {
        "system": _system(body),
        "toolConfig": tool_config(body, messages),
        "outputConfig": {"effort": level} if level else None,
    }
    return Turn(
        alias,
        {"messages": messages} | {name: value for name, value in optional.items() if value},
        tool_names(body),
        schema,
        model_fields=ModelFields(body, headers),
        may_cache=True,
    )


def _messages(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Merges adjacent messages of one role, as Converse requires."""
    messages: list[dict[str, Any]] = []
    for index, message in enumerate(fields.items(body, "messages")):
        where = f"messages[{index}]."
        role = message.get("role")
        if role not in _ROLES:
            raise invalid(f"{where}role", f"{where}role must be one of {', '.join(_ROLES)}; use the field system")
        fields.refuse_others(message, ("role", "content"), where=where)
        append(messages, role, message_blocks(message, role, f"{where}content"))
    if not messages:
        raise invalid("messages", "messages must contain at least one user message that is not empty")
    messages = completed(messages)
    if mark := cache_mark(body, ""):
        messages[-1]["content"].append(mark)
    return messages


def _system(body: Mapping[str, Any]) -> list[Block]:
    content = body.get("system")
    return [] if content is None else content_blocks(content, ("text",), "system")


def _stop_sequences(body: Mapping[str, Any]) -> list[str]:
    stops = body.get("stop_sequences", [])
    if not isinstance(stops, list) or not all(isinstance(item, str) and item for item in stops):
        raise invalid("stop_sequences", "stop_sequences must be a list of strings that are not empty")
    return stops


def _output(body: Mapping[str, Any]) -> tuple[str | None, AnswerSchema | None]:
    """The effort and the schema of the answer. `output_format` is the older name of `output_config.format`."""
    config = {name: value for name, value in fields.optional_object(body, "output_config").items() if value is not None}
    fields.refuse_others(config, ("effort", "format"), where="output_config.")
    level = config.get("effort")
    if level is not None and level not in EFFORTS:
        raise invalid("output_config.effort", f"output_config.effort must be one of {', '.join(EFFORTS)}")
    where = "output_format" if "output_format" in body else "output_config.format"
    value = body.get("output_format", config.get("format"))
    if value is None:
        return level, None
    if not isinstance(value, dict) or value.get("type") != "json_schema":
        raise invalid(where, f'{where} must be {{"type": "json_schema", "schema": {{"type": "object", ...}}}}')
    fields.refuse_others(value, ("type", "schema"), where=f"{where}.")
    return level, AnswerSchema("answer", "", object_schema(value.get("schema"), f"{where}.schema"))
