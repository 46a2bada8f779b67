"""The loop of a harness: the Strands library, on which AWS's is built, with the model and tools of the embedded AWS.

Imports Strands, so import it at the first use.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from strands import Agent
from strands.agent.conversation_manager import (
    NullConversationManager,
    SlidingWindowConversationManager,
    SummarizingConversationManager,
)
from strands.event_loop._retry import ModelRetryStrategy
from strands.types._events import ToolResultEvent
from strands.types.exceptions import MaxTokensReachedException
from strands.types.tools import AgentTool

from local_aws.extension.agents import stream_events
from local_aws.extension.agents.converse_model import ConverseModel
from local_aws.extension.agents.definition import HarnessDefinition
from local_aws.extension.agents.gateway_calls import Answer
from local_aws.extension.agents.stream_events import Event, ModelEvents
from local_aws.extension.agents.tools import HarnessTool
from local_aws.extension.bedrock.clock import scale

Message = dict[str, Any]
THROTTLED_ATTEMPTS, THROTTLED_SECONDS = 6, 4  # those of Strands


class Loop:
    """One invocation. `added`: what it has added to the conversation; an inline function's call is not in it."""

    def __init__(
        self, definition: HarnessDefinition, tools: list[HarnessTool], history: list[Message], system: str
    ) -> None:
        self._definition = definition
        self._inline = {tool.name for tool in tools if tool.call is None}
        self._waiting = False  # for the caller of the harness, who answers the call of an inline function
        self._model_events = ModelEvents()
        self.added: list[Message] = []
        self._agent = Agent(
            model=ConverseModel(definition),
            messages=history,
            tools=[_StrandsTool(tool, self._is_waiting) for tool in tools],
            system_prompt=system or None,
            callback_handler=None,
            conversation_manager=_conversation_manager(definition.truncation),
            retry_strategy=ModelRetryStrategy(
                max_attempts=THROTTLED_ATTEMPTS, initial_delay=max(THROTTLED_SECONDS * scale(), 0.01)
            ),
        )

    async def run(self, messages: list[Message]) -> AsyncIterator[Event]:
        """The events until the loop ends, fails or its time is over."""
        started = time.monotonic()
        self.added = list(messages)
        queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        task = asyncio.ensure_future(self._produce(messages, queue))
        try:
            while True:
                left = self._definition.timeout_seconds - (time.monotonic() - started)
                event = await asyncio.wait_for(queue.get(), left)
                if event is None:
                    break
                if isinstance(event, Exception):
                    raise event
                yield event
        except TimeoutError:
            yield stream_events.stop(stream_events.TIMEOUT)
        finally:
            task.cancel()  # a function that runs is not waited for
        yield self._model_events.metadata(round((time.monotonic() - started) * 1000))

    async def _produce(self, messages: list[Message], queue: "asyncio.Queue[Event | Exception | None]") -> None:
        try:
            async for event in self._agent.stream_async(messages, limits=self._limits()):
                for passed in () if self._waiting else self._passed(event):
                    queue.put_nowait(passed)
                self._waiting = self._waiting or self._calls_inline(event)
                if "message" in event and not self._waiting:
                    self.added.append({key: event["message"][key] for key in ("role", "content")})
            queue.put_nowait(None)
        except MaxTokensReachedException:
            queue.put_nowait(None)  # messageStop has said so
        except Exception as error:
            queue.put_nowait(error)

    def _limits(self) -> dict[str, int]:
        limits = {"turns": self._definition.max_iterations}
        if self._definition.max_tokens:
            limits["output_tokens"] = self._definition.max_tokens
        return limits

    def _passed(self, event: Any) -> Iterator[Event]:
        if "event" in event:
            yield from self._model_events.passed(event["event"])
        elif "message" in event and event["message"]["role"] == "user":
            yield from stream_events.tool_results(event["message"])
        elif "result" in event and event["result"].stop_reason in stream_events.STOPPED:
            yield stream_events.stop(stream_events.STOPPED[event["result"].stop_reason])

    def _is_waiting(self) -> bool:
        return self._waiting

    def _calls_inline(self, event: Any) -> bool:
        message = event.get("message") or {}
        uses = [block["toolUse"] for block in message.get("content", []) if "toolUse" in block]
        return message.get("role") == "assistant" and any(use["name"] in self._inline for use in uses)


class _StrandsTool(AgentTool):  # type: ignore[misc]
    """A tool of the harness for Strands. In a turn that waits for the caller no tool runs, and the loop ends."""

    def __init__(self, tool: HarnessTool, waits: Callable[[], bool]) -> None:
        super().__init__()
        self._tool = tool
        self._waits = waits

    @property
    def tool_name(self) -> str:
        return self._tool.name

    @property
    def tool_spec(self) -> Any:
        tool = self._tool
        return {"name": tool.name, "description": tool.description, "inputSchema": {"json": tool.schema}}

    @property
    def tool_type(self) -> str:
        return "harness"

    async def stream(self, tool_use: Any, invocation_state: dict[str, Any], **named: Any) -> AsyncIterator[Any]:
        if self._waits() or self._tool.call is None:
            invocation_state["request_state"]["stop_event_loop"] = True
            answer = Answer("the caller answers")
        else:
            answer = await self._tool.call(tool_use["input"])
        status = "error" if answer.failed else "success"
        content = [{"text": answer.text or "(no output)"}]
        yield ToolResultEvent({"toolUseId": tool_use["toolUseId"], "status": status, "content": content})


def _conversation_manager(truncation: dict[str, Any]) -> Any:
    config = truncation.get("config") or {}
    strategy = truncation.get("strategy", "sliding_window")
    if strategy == "none":
        return NullConversationManager()
    if strategy == "summarization":
        given = config.get("summarization") or {}
        names = {"summaryRatio": "summary_ratio", "preserveRecentMessages": "preserve_recent_messages"}
        return SummarizingConversationManager(**{names[key]: given[key] for key in names if key in given})
    window = (config.get("slidingWindow") or {}).get("messagesCount")
    return SlidingWindowConversationManager(**({"window_size": window} if window else {}))
