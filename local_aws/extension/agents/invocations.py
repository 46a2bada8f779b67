"""InvokeHarness: checks the request, runs the loop, keeps the session.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeHarness.html
"""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from ministack import app
from ministack.core.responses import StreamingResponse

from local_aws.extension.agents import registry, remote_mcp, rights, sessions, stream_events
from local_aws.extension.agents.agent_core_error import SERVICE, refusal
from local_aws.extension.agents.definition import HarnessDefinition, defined
from local_aws.extension.agents.invocation_requests import InvokeRequest, parsed
from local_aws.extension.agents.memories import HarnessMemory
from local_aws.extension.agents.tools import tools_of
from local_aws.extension.bedrock.clock import scale
from local_aws.extension.bedrock.error_codes import throttled
from local_aws.extension.bedrock.responses import BedrockError, Response

PATH = "/harnesses/invoke"
LOOP = "local_aws.extension.agents.loop"  # imports Strands, so it is imported at the first invocation
RUNTIME_ERROR = "runtimeClientError"
TEXT_SECONDS = 0.05  # of Bedrock's clock, for each piece of text: it comes as a model writes
LOGGER = logging.getLogger("agents")
Message = dict[str, Any]


def install() -> None:
    behind = app.SERVICE_HANDLERS[SERVICE]

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        if method != "POST" or path.rstrip("/") != PATH:
            passed: Response = await behind(method, path, headers, body, query)
            return passed
        try:
            return throttled(SERVICE, method, PATH) or await invoke(parsed(headers, query or {}, body))
        except BedrockError as error:
            return refusal(method, PATH, error)

    app.SERVICE_HANDLERS[SERVICE] = handle


async def invoke(request: InvokeRequest) -> Any:
    """The response with its stream. Raises BedrockError."""
    configuration = registry.harness_configuration(request.harness_arn, request.endpoint)
    if configuration is None:
        wanted = f"{request.harness_arn}, endpoint {request.endpoint}"
        raise BedrockError("ResourceNotFoundException", f"No harness was found for {wanted}")
    definition = defined(request.harness_arn, configuration, request.body)
    rights.check(definition)
    conversation = _Conversation(definition, request)
    events = _events(definition, conversation, request.messages)

    async def run(send: Any, receive: Any) -> None:
        async for frame in events:
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return 200, {"Content-Type": "application/vnd.amazon.eventstream"}, StreamingResponse(run)


class _Conversation:
    """What a session has said so far: in the harness's memory, or else in the session's machine."""

    def __init__(self, definition: HarnessDefinition, request: InvokeRequest) -> None:
        settings = definition.memory_settings
        self._memory = HarnessMemory(settings, request.actor_id, request.session_id) if settings.get("arn") else None
        self._session = sessions.session(
            definition.arn, request.session_id, definition.idle_seconds, definition.lifetime_seconds
        )

    def history(self, messages: list[Message]) -> list[Message]:
        found = self._memory.history() if self._memory else self._session.messages
        return sessions.to_continue(found, messages)

    def known(self, messages: list[Message]) -> str:
        text = "\n".join(block["text"] for block in messages[-1]["content"] if "text" in block)
        return self._memory.known(text) if self._memory and text else ""

    def keep(self, history: list[Message], added: list[Message]) -> None:
        if self._memory:
            self._memory.keep(added)
        else:
            self._session.messages = [*history, *added]


async def _events(
    definition: HarnessDefinition, conversation: _Conversation, messages: list[Message]
) -> AsyncIterator[bytes]:
    servers = remote_mcp.Servers()
    try:
        await servers.connect(definition)
        history = conversation.history(messages)
        system = "\n\n".join(text for text in (definition.system, conversation.known(messages)) if text)
        module = await asyncio.to_thread(importlib.import_module, LOOP)
        loop = module.Loop(definition, tools_of(definition, servers), list(history), system)
        try:
            async for event in loop.run(messages):
                yield stream_events.frame(event)
                await asyncio.sleep(TEXT_SECONDS * scale() if stream_events.is_text(event) else 0)
        finally:
            conversation.keep(history, loop.added)
    except Exception as error:  # the machine of the session has started: errors are events of the stream
        LOGGER.warning("the harness %s failed: %s", definition.arn, error, exc_info=not isinstance(error, BedrockError))
        yield stream_events.failure_frame(RUNTIME_ERROR, str(error) or type(error).__name__)
    finally:
        await servers.close()
