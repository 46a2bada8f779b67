"""Answers that follow a JSON schema: through Converse's outputConfig where the model has it, else through a tool.

The tool is one that the model has to call; its input becomes the text of the answer, so dialects see no tool.
https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeVar

from inference_api import fields
from inference_api.answer_forms import AnswerSchema, Form
from inference_api.aws.client import Event
from inference_api.schema_subset import in_subset
from inference_api.tools import object_schema
from kit_contract.aws_errors import VALIDATION, code_of, message_of

# AWS names no more models in one place than these: the rest is in the card of each model.
# https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-structured-outputs.html
# https://github.com/BerriAI/litellm/issues/35655 (GLM 5 and DeepSeek V3.2, with their answers)
_NATIVE = (  # compiled at first use, as few requests have a schema
    r"(?:^|[./])(?:anthropic\.claude-(?:sonnet-4-5|haiku-4-5|opus-4-5|opus-4-6)|zai\.glm-5|deepseek\.v3\.2)"
    r"(?=-20|-v\d|:|$)"
)
# Some regions refuse it for models that have it elsewhere: https://github.com/vectorize-io/hindsight/issues/3300
_FORMAT_REFUSED = r"(?i)output_?config|text_?format|schema|grammar"
_TOOL = "answer_as_json"

T = TypeVar("T")


def schema_of(definition: Mapping[str, Any], where: str, *, more: tuple[str, ...] = ()) -> AnswerSchema:
    """From OpenAI's definition, whose name is optional here. `more`: its other fields. Raises ApiError 400."""
    fields.refuse_others(definition, (*more, "name", "description", "schema", "strict"), where=where)
    fields.flag(definition, "strict", where=where)
    schema = object_schema({} if definition.get("schema") is None else definition["schema"], f"{where}schema")
    name, description = (_text(definition, field, where) for field in ("name", "description"))
    return AnswerSchema(name or "answer", description, schema)


class ThroughTool(Form):
    """The input of `tool` is the answer."""

    def __init__(self, request: Mapping[str, Any], tool: str) -> None:
        super().__init__(request)
        self._tool = tool

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        return _as_text(response, self._tool)

    def events(self, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        return _AsText(self._tool).events(events)


def in_its_form(request: Mapping[str, Any], schema: AnswerSchema, model_id: str, send: Callable[[Form], T]) -> T:
    """What `send` returns for the first form that the model takes."""
    through_tool = _through_tool(request, schema)
    if re.search(_NATIVE, model_id) and in_subset(schema.schema):
        try:
            return send(_native(request, schema))
        except Exception as error:
            if code_of(error) != VALIDATION or not re.search(_FORMAT_REFUSED, message_of(error)):
                raise
    return send(through_tool)


def _text(definition: Mapping[str, Any], name: str, where: str) -> str:
    value = definition.get(name)
    if value is None or isinstance(value, str):
        return value or ""
    raise fields.invalid(f"{where}{name}", f"{where}{name} must be a string")


def _native(request: Mapping[str, Any], schema: AnswerSchema) -> Form:
    definition = {"schema": json.dumps(schema.schema), "name": schema.name}
    if schema.description:
        definition["description"] = schema.description
    text_format = {"type": "json_schema", "structure": {"jsonSchema": definition}}
    return Form({**request, "outputConfig": {**request.get("outputConfig", {}), "textFormat": text_format}})


def _through_tool(request: Mapping[str, Any], schema: AnswerSchema) -> Form:
    """The model calls one of the caller's tools or answers; if it has to call one of them, it cannot answer."""
    config = request.get("toolConfig") or {"tools": []}
    name = _TOOL
    while name in [tool["toolSpec"]["name"] for tool in config["tools"] if "toolSpec" in tool]:
        name += "_"
    if {"any", "tool"} & set(config.get("toolChoice", {})):
        return ThroughTool(request, name)
    description = f"Gives your answer to the user ({schema.name}): the input of this tool is the whole answer."
    specification = {
        "name": name,
        "description": f"{description} {schema.description}".strip(),
        "inputSchema": {"json": schema.schema},
    }
    tools = {"tools": [*config["tools"], {"toolSpec": specification}], "toolChoice": {"any": {}}}
    return ThroughTool({**request, "toolConfig": tools}, name)


def _as_text(response: dict[str, Any], tool: str) -> dict[str, Any]:
    """`response` with the input of `tool` as its text. What the model says beside a call is no part of the answer."""
    blocks = response["output"]["message"].get("content", [])
    uses = [block for block in blocks if "toolUse" in block]
    if not uses:
        return response
    answers = [block["toolUse"]["input"] for block in uses if block["toolUse"]["name"] == tool]
    others = [block for block in uses if block["toolUse"]["name"] != tool]
    texts = [{"text": json.dumps(answer, ensure_ascii=False)} for answer in answers[:1]]
    content = [*(block for block in blocks if "reasoningContent" in block), *texts, *others]
    message = {**response["output"]["message"], "content": content}
    reason = response["stopReason"] if others else _answered(response["stopReason"])
    return {**response, "output": {**response["output"], "message": message}, "stopReason": reason}


def _answered(reason: str) -> str:
    return "end_turn" if reason == "tool_use" else reason


class _AsText:
    """What `_as_text` does to a response, for its events. Holds back text until it is clear that no tool is called."""

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self._text: list[Event] = []
        self._answers: list[Any] = []  # contentBlockIndex of each call of the tool; the first is the answer
        self._empty = True
        self._others = False

    def events(self, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        try:
            for event in events:
                yield from self._changed(event)
        finally:
            events.close()

    def _changed(self, event: Event) -> list[Event]:
        name, value = event
        if name == "contentBlockStart" and "toolUse" in value.get("start", {}):
            return self._started(event)
        if name == "contentBlockDelta":
            return self._delta(event)
        if name == "contentBlockStop" and self._is_answer(value) and self._empty:
            return [self._part("{}", value), event]
        if name == "messageStop":
            return self._stopped(event)
        return [event]

    def _started(self, event: Event) -> list[Event]:
        if event.value["start"]["toolUse"]["name"] == self._tool:
            self._answers.append(event.value.get("contentBlockIndex"))
            return []
        self._others = True
        return [event]

    def _delta(self, event: Event) -> list[Event]:
        delta = event.value["delta"]
        if "text" in delta:
            self._text.append(event)
            return []
        if "toolUse" not in delta or event.value.get("contentBlockIndex") not in self._answers:
            return [event]
        part = delta["toolUse"]["input"]
        return [self._part(part, event.value)] if part and self._is_answer(event.value) else []

    def _stopped(self, event: Event) -> list[Event]:
        if self._others:
            return [event]
        if not self._answers:
            return [*self._text, event]
        return [Event(event.name, {**event.value, "stopReason": _answered(event.value["stopReason"])})]

    def _is_answer(self, value: Mapping[str, Any]) -> bool:
        return bool(self._answers) and value.get("contentBlockIndex") == self._answers[0]

    def _part(self, text: str, value: Mapping[str, Any]) -> Event:
        self._empty = False
        return Event("contentBlockDelta", {**value, "delta": {"text": text}})
