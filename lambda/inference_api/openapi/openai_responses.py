"""POST /v1/responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.openai_chat.messages import CACHE
from inference_api.openai_responses import content_parts, text_format, tools
from inference_api.openai_responses.input_items import FIELDS as ITEM_FIELDS
from inference_api.openai_responses.input_items import MUST_BE_NULL, ROLES
from inference_api.openai_responses.request import (
    FIELDS,
    IGNORED,
    INCLUDABLE,
    MAX_CALLS,
    NOT_HERE,
    ONLY,
    ONLY_REASONING,
    SUMMARIES,
)
from inference_api.openai_settings import EFFORTS, MAX_TOKENS, TIERS
from inference_api.openai_tools import CHOICES
from inference_api.openapi import file_search
from inference_api.openapi.openai import (
    ALIAS,
    EMPTY,
    FUNCTION_FIELDS,
    IGNORED_FIELD,
    ONLY_TEXT_OR_OBJECT,
    SCHEMA_FIELDS,
)
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

_NULL: Schema = {"type": "null"}
_PASSED_OVER: Mapping[str, Schema] = dict.fromkeys(content_parts.PASSED_OVER, ANY)
_DETAIL = or_null(one_of("auto", "high"))


def _only(fields: Mapping[str, tuple[Any, ...]]) -> dict[str, Schema]:
    return {name: one_of(*values, None) for name, values in fields.items()}


def _part(kind: str, own: Mapping[str, Schema], *required: str) -> Schema:
    known = {"type": one_of(kind), **own, **_PASSED_OVER}
    return request(tuple(known), known, ("type", *required))


_TEXTS = [_part(kind, {name: TEXT}, name) for kind, name in content_parts.TEXTS.items()]
_URL: Schema = {
    "type": "string",
    "description": "data:image/png;base64,... (png, jpeg, gif, webp); URLs are not fetched",
}
_DATA: Schema = {"type": "string", "description": "data:application/pdf;base64,..."}
_IMAGE = _part("input_image", {"image_url": _URL, "detail": _DETAIL, "file_id": _NULL}, "image_url")
_FILE = _part(
    "input_file",
    {"file_data": _DATA, "filename": or_null(FILLED), "detail": _DETAIL, "file_id": _NULL, "file_url": _NULL},
    "file_data",
)
_PLAIN: Schema = {"anyOf": [TEXT, list_of({"oneOf": _TEXTS})]}
_MEDIA: Schema = {"anyOf": [TEXT, list_of({"oneOf": [*_TEXTS, _IMAGE, _FILE]})]}
_ITEM_FIELDS: Mapping[str, Schema] = {
    "call_id": FILLED,
    "arguments": or_null(TEXT, "a JSON object in a string"),
    "output": component("ResponseMedia"),
    "encrypted_content": {"anyOf": [TEXT, EMPTY], "description": "as this API has answered it"},
    **dict.fromkeys(MUST_BE_NULL, _NULL),
}


def _item(kind: str, required: tuple[str, ...], **own: Schema) -> Schema:
    known = (*ITEM_FIELDS[kind], CACHE)
    described: Mapping[str, Schema] = {**_ITEM_FIELDS, "type": one_of(kind), **own}
    return request(known, {name: described.get(name, ANY) for name in known}, required)


def _message(roles: tuple[str, ...], content: str) -> Schema:
    kind = one_of("message", None)
    return _item("message", ("role", "content"), type=kind, role=one_of(*roles), content=component(content))


_ITEM: Schema = {
    "oneOf": [
        _message(("user",), "ResponseMedia"),
        _message(tuple(role for role in ROLES if role != "user"), "ResponseText"),
        _item("function_call", ("type", "call_id", "name"), name=FILLED),
        _item("function_call_output", ("type", "call_id", "output")),
        _item("reasoning", ("type",)),
        _item("file_search_call", ("type",)),
    ]
}
_TOOL = request(
    (*tools.FIELDS, *tools.ONLY),
    {"type": one_of("function"), **FUNCTION_FIELDS, **_only(tools.ONLY)},
    ("type", "name"),
)
_NAMED = request(("type", "name"), {"type": one_of("function"), "name": FILLED}, ("type", "name"))
_SCHEMA = request(
    ("type", "name", "description", "schema", "strict"), {"type": one_of("json_schema"), **SCHEMA_FIELDS}, ("type",)
)
_FORMAT: Schema = {"anyOf": [{**ONLY_TEXT_OR_OBJECT, "required": ["type"]}, _SCHEMA, _NULL]}
_PROPERTIES: Mapping[str, Schema] = {
    "model": ALIAS,
    "input": {"anyOf": [TEXT, list_of(component("ResponseItem"))]},
    "instructions": or_null(TEXT),
    "stream": or_null(FLAG),
    "stream_options": or_null(request(("include_obfuscation",), {"include_obfuscation": ANY})),
    "max_output_tokens": or_null(number(1, MAX_TOKENS, "integer")),
    "temperature": or_null(number(0, 1)),
    "top_p": or_null(number(0, 1)),
    "tools": or_null(list_of({"anyOf": [_TOOL, file_search.TOOL]})),
    "tool_choice": or_null({"anyOf": [one_of(*CHOICES, "none"), _NAMED, file_search.CHOICE]}),
    "parallel_tool_calls": or_null(FLAG),
    "text": or_null(request(("format", *text_format.ONLY), {"format": _FORMAT, **_only(text_format.ONLY)})),
    "reasoning": or_null(
        request(
            ("effort", "summary", *ONLY_REASONING),
            {
                "effort": or_null(one_of(*EFFORTS)),
                "summary": or_null(one_of(*SUMMARIES)),
                **_only(ONLY_REASONING),
            },
        )
    ),
    "include": or_null(list_of(one_of(*INCLUDABLE))),
    "service_tier": or_null(one_of(*TIERS)),
    **_only(ONLY),
    **{name: {"enum": [None, False], "description": f"not supported: {reason}"} for name, reason in NOT_HERE.items()},
    **dict.fromkeys(IGNORED, IGNORED_FIELD),
    **{name: or_null(TEXT, "repeated") for name in ("user", "safety_identifier", "prompt_cache_key")},
    "metadata": or_null({"type": "object", "additionalProperties": TEXT}, "repeated"),
    "max_tool_calls": or_null(number(1, MAX_CALLS, "integer"), "of file_search"),
}
_USAGE = answer(
    {
        **dict.fromkeys(("input_tokens", "output_tokens", "total_tokens"), COUNT),
        "input_tokens_details": answer({"cached_tokens": COUNT, "cache_write_tokens": COUNT}),
        "output_tokens_details": answer({"reasoning_tokens": COUNT}),
    }
)
_SETTINGS: Mapping[str, Schema] = {
    **dict.fromkeys(("text", "reasoning", "metadata"), OBJECT),
    **dict.fromkeys(("max_output_tokens", "max_tool_calls"), or_null(COUNT)),
    "instructions": or_null(TEXT),
    "parallel_tool_calls": FLAG,
    "store": one_of(False),
    "tools": list_of(OBJECT),
}
_RESPONSE = answer(
    {
        "id": TEXT,
        "object": one_of("response"),
        "created_at": {"type": "integer"},
        "status": one_of("completed", "incomplete", "failed", "in_progress"),
        "error": or_null(answer({"code": TEXT, "message": TEXT})),
        "incomplete_details": or_null(answer({"reason": TEXT})),
        "model": TEXT,
        "system_fingerprint": TEXT,
        "served_by": component("ServedBy"),
        **_SETTINGS,
        "output": list_of(
            answer({"id": TEXT, "type": one_of("message", "reasoning", "function_call", "file_search_call")})
        ),
        "usage": or_null(_USAGE),
    }
)
_EVENTS = events(
    answer({"type": TEXT, "sequence_number": COUNT}),
    "OpenAI's events; the last one is response.completed or response.incomplete, or of an answer that breaks off "
    "response.failed and error",
)

COMPONENTS: Mapping[str, Any] = {
    "Response": _RESPONSE,
    "ResponseItem": _ITEM,
    "ResponseMedia": _MEDIA,
    "ResponseText": _PLAIN,
}
OPERATIONS: Mapping[str, Operation] = {
    "/v1/responses": Operation(
        "A response of OpenAI",
        {"application/json": component("Response"), "text/event-stream": _EVENTS},
        request(FIELDS, _PROPERTIES, ("model", "input")),
        example={"model": "support-bot", "input": "Hello"},
        served_by=True,
    ),
}
