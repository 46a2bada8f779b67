"""The model of the Strands loop: ConverseStream of the embedded AWS, with its checks, guardrails and faults.

Imports Strands, so import it at the first use.
"""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from botocore.eventstream import EventStreamBuffer
from ministack import app
from strands.models import Model
from strands.types.exceptions import ModelThrottledException

from local_aws.extension.agents.definition import HarnessDefinition
from local_aws.extension.bedrock.event_pace import PACED

THROTTLED = "ThrottlingException"


class ModelRefusedError(Exception):
    """When Converse refuses the request of the loop."""


class ConverseModel(Model):  # type: ignore[misc]
    """The model of a harness."""

    def __init__(self, definition: HarnessDefinition) -> None:
        self._definition = definition

    def update_config(self, **model_config: Any) -> None:
        raise NotImplementedError("the model of a harness does not change")

    def get_config(self) -> Any:
        return {"model_id": self._definition.model_id, "context_window_limit": None}

    def structured_output(self, *arguments: Any, **named: Any) -> Any:
        raise NotImplementedError("a harness has no structured output")

    async def stream(
        self,
        messages: list[dict[str, Any]],
        tool_specs: list[dict[str, Any]] | None = None,
        system_prompt: str | None = None,
        **named: Any,
    ) -> AsyncIterator[dict[str, Any]]:
        """The events of ConverseStream. Raises ModelRefusedError."""
        request = _request(self._definition, messages, tool_specs, system_prompt)
        path = f"/model/{quote(self._definition.model_id, safe='')}/converse-stream"
        content = json.dumps(request).encode()
        PACED.set(False)  # the task is the loop's own
        status, _, body = await app.SERVICE_HANDLERS["bedrock-runtime"]("POST", path, {}, content, {})
        if status != 200:
            _refuse(json.loads(body))
        buffer: Any = EventStreamBuffer()
        buffer.add_data(body)
        for event in buffer:
            yield {event.headers[":event-type"]: json.loads(event.payload)}


def _request(
    definition: HarnessDefinition,
    messages: list[dict[str, Any]],
    tool_specs: list[dict[str, Any]] | None,
    system_prompt: str | None,
) -> dict[str, Any]:
    request: dict[str, Any] = {
        **definition.parameters,
        "messages": [{"role": one["role"], "content": one["content"]} for one in messages],
    }
    if definition.inference:
        request["inferenceConfig"] = definition.inference
    if system_prompt:
        request["system"] = [{"text": system_prompt}]
    if tool_specs:
        request["toolConfig"] = {"tools": [{"toolSpec": spec} for spec in tool_specs]}
    return request


def _refuse(error: dict[str, Any]) -> None:
    code, message = error.get("__type", "Error"), error.get("message", "")
    if code == THROTTLED:
        raise ModelThrottledException(message)
    raise ModelRefusedError(f"{code}: {message}")
