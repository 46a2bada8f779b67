"""POST /v1/agents/{agent}/invoke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.agents.request import CALL_FIELDS, FIELDS, MAX_SESSION_CHARACTERS
from inference_api.agents.turn import APPROVAL, FINISHED
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
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
    one_of,
    or_null,
    request,
)

_MESSAGE = request(("role", "content"), {"role": one_of("user"), "content": FILLED}, ("role", "content"))
_SHORT: Schema = {**FILLED, "maxLength": MAX_SESSION_CHARACTERS}
_CALL: Mapping[str, Schema] = {"id": FILLED, "name": FILLED, "arguments": OBJECT}
_APPROVED = request(CALL_FIELDS, _CALL, CALL_FIELDS)
_DECLINED = request((*CALL_FIELDS, "reason"), {**_CALL, "reason": or_null(FILLED)}, CALL_FIELDS)
_BODY = request(
    FIELDS,
    {
        "input": {
            "anyOf": [FILLED, list_of(_MESSAGE, minItems=1), {"type": "null"}],
            "description": "what the user says; left out beside approve and reject",
        },
        "session_id": or_null(_SHORT, "of an earlier answer, to continue its session"),
        "user": or_null(_SHORT, "whom you answer: users of a key share neither sessions nor memory"),
        "stream": or_null(FLAG),
        "approve": or_null(list_of(_APPROVED), "calls of requires_approval that may run, as they were shown"),
        "reject": or_null(list_of(_DECLINED), "calls of requires_approval that must not run"),
    },
)
_SHOWN: Mapping[str, Schema] = {"id": TEXT, "name": TEXT, "arguments": OBJECT}
_TOOL = answer({**_SHOWN, "status": or_null(TEXT), "milliseconds": {"type": ["integer", "null"]}})
_TOKENS = ("input_tokens", "output_tokens", "total_tokens")
_CACHED = ("cache_read_input_tokens", "cache_write_input_tokens")
_USAGE = answer(dict.fromkeys((*_TOKENS, *_CACHED), COUNT), optional=_CACHED)
_ANSWER = answer(
    {
        "agent": TEXT,
        "session_id": TEXT,
        "output": TEXT,
        "tools": list_of(_TOOL),
        "stop_reason": one_of(APPROVAL, *FINISHED),
        APPROVAL: list_of(answer(_SHOWN)),
        "usage": or_null(_USAGE),
        "served_by": component("ServedBy"),
    },
    optional=(APPROVAL,),
)
_EVENTS = (
    "start, then text, tool_call and tool_result, requires_approval if calls wait for a person, then end; an answer "
    "that breaks off ends with error instead"
)
COMPONENTS: Mapping[str, Any] = {}
OPERATIONS: Mapping[str, Operation] = {
    "/v1/agents/{agent}/invoke": Operation(
        "An answer of an agent, which uses its tools",
        {"application/json": _ANSWER, "text/event-stream": events(OBJECT, _EVENTS)},
        _BODY,
        parameters={"agent": TEXT},
        example={"input": "Where is order A-1?"},
        served_by=True,
    ),
}
