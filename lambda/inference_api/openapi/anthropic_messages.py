"""POST /v1/messages and /v1/messages/count_tokens, and GET /v1/models for Anthropic's clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.anthropic_messages.answer import STOP_REASONS
from inference_api.anthropic_messages.request import COUNTED, EFFORTS, IGNORED, KNOWN, MAX_TOKENS, ONLY
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
    ANY,
    COUNT,
    FLAG,
    OBJECT,
    TEXT,
    Schema,
    answer,
    component,
    events,
    list_of,
    number,
    one_of,
    or_null,
    request,
)

_REFERENCE = "https://platform.claude.com/docs/en/api/messages"
_OUTPUT = request(("effort", "format"), {"effort": or_null(one_of(*EFFORTS)), "format": ANY})
_MESSAGE = request(
    ("role", "content"), {"role": one_of("user", "assistant"), "content": {"type": ["string", "array"]}}, ("role",)
)
_PROPERTIES: Mapping[str, Schema] = {
    "model": component("Alias"),
    "messages": list_of(_MESSAGE, minItems=1),
    "system": {"type": ["string", "array", "null"]},
    "tools": or_null(list_of(OBJECT)),
    "tool_choice": or_null(OBJECT),
    "thinking": or_null(OBJECT),
    "output_config": or_null(_OUTPUT),
    "output_format": ANY,
    "cache_control": ANY,
    "max_tokens": number(1, MAX_TOKENS, "integer"),
    "stream": or_null(FLAG),
    "stop_sequences": ANY,
    "temperature": or_null(number(0, 1)),
    "top_p": or_null(number(0, 1)),
    "top_k": or_null({"type": "integer", "minimum": 0}, "only for models that have it"),
    **{name: or_null(one_of(*values)) for name, values in ONLY.items()},
    **{name: {"description": "ignored: it cannot change the answer"} for name in IGNORED},
}


def _body(known: tuple[str, ...], required: tuple[str, ...]) -> Schema:
    names = tuple(dict.fromkeys((*known, *ONLY)))
    return request(names, {name: _PROPERTIES[name] for name in names}, required)


_ANSWER = answer(
    {
        "id": TEXT,
        "type": one_of("message"),
        "role": one_of("assistant"),
        "model": TEXT,
        "content": list_of(OBJECT),
        "stop_reason": one_of(*dict.fromkeys(STOP_REASONS.values())),
        "stop_sequence": or_null(TEXT),
        "usage": answer({"input_tokens": COUNT, "output_tokens": COUNT}),
        "system_fingerprint": TEXT,
        "served_by": component("ServedBy"),
    }
)
_ERROR = answer(
    {
        "type": one_of("error"),
        "error": answer({"type": TEXT, "message": TEXT, "param": or_null(TEXT), "code": or_null(TEXT)}),
        "request_id": or_null(TEXT),
    },
    optional=("type", "request_id"),  # API Gateway's own errors have neither
)
_MODEL = answer({"id": TEXT, "type": one_of("model"), "display_name": TEXT, "created_at": TEXT})

MODEL_LIST = answer({"data": list_of(_MODEL), "has_more": one_of(False), "first_id": TEXT, "last_id": TEXT})
COMPONENTS: Mapping[str, Any] = {"AnthropicError": _ERROR, "AnthropicMessage": _ANSWER, "AnthropicModel": _MODEL}
_EXAMPLE = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}
OPERATIONS: Mapping[str, Operation] = {
    "/v1/messages": Operation(
        "A message of Anthropic",
        {
            "application/json": component("AnthropicMessage"),
            "text/event-stream": events(OBJECT, "Anthropic's events; one that breaks off ends with the event `error`"),
        },
        _body(KNOWN, ("model", "messages", "max_tokens")),
        example={**_EXAMPLE, "max_tokens": 100},
        description=_REFERENCE,
        served_by=True,
    ),
    "/v1/messages/count_tokens": Operation(
        "The number of a message's input tokens",
        {"application/json": answer({"input_tokens": COUNT})},
        _body(COUNTED, ("model", "messages")),
        example=_EXAMPLE,
        description=_REFERENCE,
    ),
}
