"""POST /model/{alias}/converse, /invoke and their streams: requests and answers are Bedrock's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.bedrock_converse.endpoint import EVENT_STREAM
from inference_api.bedrock_converse.invoke_model import BEDROCKS
from inference_api.bedrock_converse.invoke_model import PASSED_ON as PASSED_ON_HEADERS
from inference_api.bedrock_converse.request import PASSED_ON
from inference_api.openapi.operation import Operation
from inference_api.openapi.schemas import (
    ANY,
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
from inference_api.paths import BEDROCK

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


def _frames(operation: str) -> Schema:
    said = f"the events of {operation}, in AWS's binary framing; events named keepAlive can be passed over"
    return {"type": "string", "contentEncoding": "binary", "description": said}


_EVENTS, _CHUNKS = _frames("ConverseStream"), _frames("InvokeModelWithResponseStream")
_HEADERS = {name: TEXT for name in PASSED_ON_HEADERS if name.startswith(BEDROCKS)}


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
    f"{BEDROCK}{{alias}}/converse": _operation("Converse", {"application/json": component("ConverseResponse")}),
    f"{BEDROCK}{{alias}}/converse-stream": _operation("ConverseStream", {EVENT_STREAM: _EVENTS}),
    **{
        f"{BEDROCK}{{alias}}/{path}": Operation(
            f"{name} of Bedrock",
            {kind: schema},
            ANY,
            parameters=_ALIAS,
            headers=_HEADERS,
            description=f"The body is passed on as it is, and that of the model. {_REFERENCE}{name}.html",
            served_by=True,
        )
        for path, name, kind, schema in (
            ("invoke", "InvokeModel", "application/json", ANY),
            ("invoke-with-response-stream", "InvokeModelWithResponseStream", EVENT_STREAM, _CHUNKS),
        )
    },
}
