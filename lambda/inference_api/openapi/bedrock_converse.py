"""POST /model/{alias}/converse and its siblings: requests and answers are Bedrock's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.bedrock_converse.endpoint import EVENT_STREAM, PREFIX
from inference_api.bedrock_converse.request import PASSED_ON
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
    COUNT,
    OBJECT,
    TEXT,
    Schema,
    answer,
    component,
    list_of,
    one_of,
    request,
)

_ALIAS = {"alias": component("Alias")}
_REFERENCE = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_"
_LISTS = ("messages", "system", "additionalModelResponseFieldPaths")
_MESSAGES = list_of(OBJECT, minItems=1)
_BODY = request(
    PASSED_ON,
    {
        **{name: {"type": ["array" if name in _LISTS else "object", "null"]} for name in PASSED_ON},
        "messages": _MESSAGES,
        "additionalModelRequestFields": {},
    },
    ("messages",),
)
_USAGE = answer(dict.fromkeys(("inputTokens", "outputTokens", "totalTokens"), COUNT))
_MESSAGE = answer({"role": one_of("assistant"), "content": list_of(OBJECT)})
_RESPONSE = answer(
    {"output": answer({"message": _MESSAGE}), "stopReason": TEXT, "usage": _USAGE, "metrics": OBJECT},
    optional=("metrics",),
)
_EVENTS: Schema = {
    "type": "string",
    "contentEncoding": "binary",
    "description": "the events of ConverseStream, in AWS's binary framing; events named keepAlive can be passed over",
}
_ALWAYS_REFUSED = "Always refused with the advice to use Converse: its body differs from model to model."


def _operation(name: str, answers: Mapping[str, Schema]) -> Operation:
    return Operation(
        f"{name} of Bedrock",
        answers,
        component("ConverseRequest"),
        parameters=_ALIAS,
        example={"messages": [{"role": "user", "content": [{"text": "Hello"}]}]},
        description=f"{_REFERENCE}{name}.html",
        served_by=True,
    )


COMPONENTS: Mapping[str, Any] = {"ConverseRequest": _BODY, "ConverseResponse": _RESPONSE}
OPERATIONS: Mapping[str, Operation] = {
    f"{PREFIX}{{alias}}/converse": _operation("Converse", {"application/json": component("ConverseResponse")}),
    f"{PREFIX}{{alias}}/converse-stream": _operation("ConverseStream", {EVENT_STREAM: _EVENTS}),
    **{
        f"{PREFIX}{{alias}}/{name}": Operation(
            "Not supported", {}, {}, parameters=_ALIAS, description=_ALWAYS_REFUSED, calls=False
        )
        for name in ("invoke", "invoke-with-response-stream")
    },
}
