"""POST /v1/chat/completions and GET /v1/models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.openai_chat.answer import FINISH_REASONS
from inference_api.openai_chat.messages import CACHE, MUST_BE_EMPTY
from inference_api.openai_chat.messages import FIELDS as MESSAGE_FIELDS
from inference_api.openai_chat.request import FIELDS, IGNORED, ONLY
from inference_api.openai_settings import EFFORTS, MAX_TOKENS, TIERS
from inference_api.openapi import file_search
from inference_api.openapi.anthropic_messages import MODEL_LIST
from inference_api.openapi.openai import ALIAS, EMPTY, FUNCTION_FIELDS, ONLY_TEXT_OR_OBJECT, SCHEMA_FIELDS
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
    ANY,
    COUNT,
    FILLED,
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


def _part(kind: str, schema: Schema) -> Schema:
    return request(("type", kind, CACHE), {"type": one_of(kind), kind: schema, CACHE: ANY}, ("type", kind))


def _image() -> Schema:
    url = {"type": "string", "description": "data:image/png;base64,... (png, jpeg, gif, webp); URLs are not fetched"}
    detail = or_null(one_of("auto", "high"))
    return request(("url", "detail"), {"url": url, "detail": detail}, ("url",))


def _file() -> Schema:
    data = {"type": "string", "description": "data:application/pdf;base64,..."}
    return request(("filename", "file_data"), {"filename": or_null(FILLED), "file_data": data}, ("file_data",))


_TEXT_PART = {"oneOf": [_part("text", TEXT), _part("refusal", TEXT)]}
_PART = {"oneOf": [*_TEXT_PART["oneOf"], _part("image_url", _image()), _part("file", _file())]}
_PLAIN: Schema = {"anyOf": [TEXT, list_of(component("ChatTextPart"))]}
_MEDIA: Schema = {"anyOf": [TEXT, list_of(component("ChatPart"))]}
_CALL_FUNCTION = request(
    ("name", "arguments", "parsed_arguments"),
    {
        "name": FILLED,
        "arguments": or_null(TEXT, "a JSON object in a string"),
        "parsed_arguments": ANY,
    },
    ("name",),
)
_CALL = request(
    ("id", "type", "function", "index", CACHE),
    {"id": FILLED, "type": one_of("function"), "function": _CALL_FUNCTION, "index": ANY, CACHE: ANY},
    ("id", "function"),
)
_MESSAGE_FIELDS: Mapping[str, Schema] = {
    "name": or_null(FILLED, "one for each role at most"),
    "refusal": {"anyOf": [or_null(FILLED), EMPTY]},
    "tool_calls": or_null(list_of(_CALL)),
    "tool_call_id": FILLED,
    "annotations": ANY,
    "reasoning_content": ANY,
    "parsed": ANY,
    CACHE: ANY,
    **dict.fromkeys(MUST_BE_EMPTY, EMPTY),
}


def _message(role: str) -> Schema:
    content = _MEDIA if role in ("user", "tool") else _PLAIN
    needed = {"tool": ("role", "tool_call_id"), "assistant": ("role",)}.get(role, ("role", "content"))
    own = {"role": one_of(role), "content": or_null(content) if "content" not in needed else content}
    known = (*MESSAGE_FIELDS[role], CACHE)
    return request(known, {name: own.get(name) or _MESSAGE_FIELDS.get(name, ANY) for name in known}, needed)


_FUNCTION = request(("name", "description", "parameters", "strict", CACHE), FUNCTION_FIELDS, ("name",))
_TOOL = request(
    ("type", "function", CACHE),
    {"type": one_of("function"), "function": _FUNCTION, CACHE: ANY},
    ("type", "function"),
)
_NAMED = request(
    ("type", "function"), {"type": ANY, "function": request(("name",), {"name": FILLED}, ("name",))}, ("function",)
)
_SCHEMA = request(("name", "description", "schema", "strict"), SCHEMA_FIELDS)
_FORMAT: Schema = {
    "anyOf": [
        ONLY_TEXT_OR_OBJECT,
        request(
            ("type", "json_schema"), {"type": one_of("json_schema"), "json_schema": _SCHEMA}, ("type", "json_schema")
        ),
        {"type": "null"},
    ]
}
_OPTIONS = request(
    ("include_usage", "include_obfuscation"), {"include_usage": or_null(FLAG), "include_obfuscation": ANY}
)
_STOP: Schema = {"anyOf": [{"type": "string", "minLength": 1}, list_of({"type": "string", "minLength": 1})]}
_TOKENS = or_null(number(1, MAX_TOKENS, "integer"))
_PROPERTIES: Mapping[str, Schema] = {
    "model": ALIAS,
    "messages": list_of(component("ChatMessage"), minItems=1),
    "stream": or_null(FLAG),
    "stream_options": or_null(_OPTIONS),
    "max_tokens": _TOKENS,
    "max_completion_tokens": _TOKENS,
    "temperature": or_null(number(0, 1)),
    "top_p": or_null(number(0, 1)),
    "stop": or_null(_STOP),
    "tools": or_null(list_of({"anyOf": [_TOOL, file_search.TOOL]})),
    "tool_choice": or_null({"anyOf": [one_of("auto", "required", "none"), _NAMED, file_search.CHOICE]}),
    "parallel_tool_calls": or_null(FLAG),
    "service_tier": or_null(one_of(*TIERS)),
    "response_format": _FORMAT,
    "reasoning_effort": or_null(one_of(*EFFORTS)),
    **{name: one_of(*values, None) for name, values in ONLY.items()},
    **{name: {"description": "ignored: it cannot change the answer"} for name in IGNORED},
}
_USAGE = answer(
    {
        **dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), COUNT),
        "prompt_tokens_details": answer({"cached_tokens": COUNT}),
    }
)
_ANSWER_CALL = answer({"id": TEXT, "type": one_of("function"), "function": answer({"name": TEXT, "arguments": TEXT})})
_MESSAGE = answer(
    {
        "role": one_of("assistant"),
        "content": or_null(TEXT),
        "refusal": or_null(TEXT),
        "reasoning_content": TEXT,
        "tool_calls": list_of(_ANSWER_CALL),
        "annotations": list_of(answer({"type": one_of("url_citation"), "url_citation": OBJECT})),
    },
    optional=("reasoning_content", "tool_calls", "annotations"),
)
_REASON = one_of(*dict.fromkeys(FINISH_REASONS.values()))


def _envelope(kind: str, **more: Schema) -> Schema:
    own: Mapping[str, Schema] = {
        "id": TEXT,
        "object": one_of(kind),
        "created": {"type": "integer"},
        "model": TEXT,
        "system_fingerprint": TEXT,
        "served_by": component("ServedBy"),
    }
    return answer({**own, **more}, optional=("usage",) if kind.endswith("chunk") else ())


_COMPLETION = _envelope(
    "chat.completion",
    choices=list_of(
        answer({"index": one_of(0), "message": _MESSAGE, "logprobs": {"type": "null"}, "finish_reason": _REASON})
    ),
    usage=_USAGE,
)
_CHUNK = _envelope(
    "chat.completion.chunk",
    choices=list_of(answer({"index": one_of(0), "delta": OBJECT, "finish_reason": or_null(_REASON)})),
    usage=_USAGE,
)
_DATA: Schema = {"anyOf": [component("ChatCompletionChunk"), component("OpenAIError")]}
_EVENTS = events(
    _DATA,
    "each event's data is a ChatCompletionChunk, the last one's [DONE]; an answer that breaks off ends with an "
    "OpenAIError instead",
)
_MODEL = answer({"id": TEXT, "object": one_of("model"), "created": {"type": "integer"}, "owned_by": TEXT})
_MODELS = answer({"object": one_of("list"), "data": list_of(component("Model"))})
_BY_HEADER = "In Anthropic's shape if the request has the header anthropic-version."

COMPONENTS: Mapping[str, Any] = {
    **file_search.COMPONENTS,
    "ChatTextPart": _TEXT_PART,
    "ChatPart": _PART,
    "ChatMessage": {"oneOf": [_message(role) for role in MESSAGE_FIELDS]},
    "ChatCompletion": _COMPLETION,
    "ChatCompletionChunk": _CHUNK,
    "Model": _MODEL,
}
OPERATIONS: Mapping[str, Operation] = {
    "/v1/chat/completions": Operation(
        "A chat completion of OpenAI",
        {"application/json": component("ChatCompletion"), "text/event-stream": _EVENTS},
        request(FIELDS, _PROPERTIES, ("model", "messages")),
        example={"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]},
        served_by=True,
    ),
    "/v1/models": Operation(
        "The aliases",
        {"application/json": {"anyOf": [_MODELS, MODEL_LIST]}},
        description=_BY_HEADER,
        calls=False,
    ),
    "/v1/models/{model}": Operation(
        "One alias",
        {"application/json": {"anyOf": [component("Model"), component("AnthropicModel")]}},
        parameters={"model": ALIAS},
        calls=False,
        description=_BY_HEADER,
    ),
}
