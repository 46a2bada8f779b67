"""The body of a request of Converse -> a turn: it is passed on as it is, or refused by name.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inference_api import fields
from inference_api.bucket_media import refuse_unlisted
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


def turn_of(alias: str, body: Mapping[str, Any], buckets: Iterable[str] = ()) -> Turn:
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
    refuse_unlisted(given["messages"], buckets)
    tools = fields.items(fields.optional_object(given, "toolConfig"), "tools", where="toolConfig.")
    for index, tool in enumerate(tools):
        if "systemTool" in tool:
            where = f"toolConfig.tools[{index}].systemTool"
            message = f"{where} is not supported: this API has no rights to run Bedrock's own tools; use toolSpec"
            raise invalid(where, message, code="unsupported_value")
    return Turn(alias, given)
