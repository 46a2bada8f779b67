"""The body of a request of Converse -> a turn: it is passed on as it is, or refused by name.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inference_api import fields
from inference_api.conversation import Turn
from inference_api.fields import invalid

PASSED_ON = (
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "requestMetadata",
    "performanceConfig",
    "serviceTier",
    "outputConfig",
)
_NOT_HERE = {
    "guardrailConfig": "the guardrail of an alias is part of its configuration; leave it out",
    "promptVariables": "they belong to a prompt of Prompt management, and this API takes aliases; send messages",
}
_MEDIA = ("image", "document", "video", "audio")


def turn_of(alias: str, body: Mapping[str, Any]) -> Turn:
    """Raises ApiError 400: Bedrock checks what it gets, and this API what it cannot pass on.

    What the function has no rights for is refused here: Bedrock's answer would be that the alias's target is denied,
    and other callers would get its fallback.
    """
    for name, reason in _NOT_HERE.items():
        if body.get(name) is not None:
            raise invalid(name, f"{name} is not supported: {reason}", code="unsupported_value")
    given = {name: value for name, value in body.items() if value is not None}
    fields.refuse_others(given, PASSED_ON)
    if not fields.items(given, "messages"):
        raise invalid("messages", "messages is missing; add it as a list of messages", code="missing_field")
    for where, block in _blocks(given["messages"]):
        _refuse_bucket(where, block)
    tools = fields.items(fields.optional_object(given, "toolConfig"), "tools", where="toolConfig.")
    for index, tool in enumerate(tools):
        if "systemTool" in tool:
            where = f"toolConfig.tools[{index}].systemTool"
            message = f"{where} is not supported: this API has no rights to run Bedrock's own tools; use toolSpec"
            raise invalid(where, message, code="unsupported_value")
    return Turn(alias, given)


def _blocks(messages: list[dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The content blocks of messages and of their tool results, each with its place."""
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        for index, block in enumerate(fields.items(message, "content", where=f"{where}.")):
            place = f"{where}.content[{index}]"
            yield place, block
            result = fields.optional_object(block, "toolResult")
            for inner, part in enumerate(fields.items(result, "content", where=f"{place}.toolResult.")):
                yield f"{place}.toolResult.content[{inner}]", part


def _refuse_bucket(where: str, block: Mapping[str, Any]) -> None:
    for kind in _MEDIA:
        if "s3Location" in fields.optional_object(fields.optional_object(block, kind), "source"):
            place = f"{where}.{kind}.source.s3Location"
            message = f"{place} is not supported: this API has no rights to your bucket; send the bytes"
            raise invalid(place, message, code="unsupported_value")
