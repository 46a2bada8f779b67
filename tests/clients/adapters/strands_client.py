"""Strands Agents: one code for its model providers."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import strands
from pydantic import BaseModel
from strands.agent import NullConversationManager

from tests.clients.capabilities import (
    ALIAS,
    BOTH,
    BREAKING,
    BUSY,
    HELLO,
    NAME,
    NATIVE,
    PNG,
    POPULATION,
    REPLY,
    SYSTEM,
    WEATHER,
    WHAT,
    WHO,
    forecast,
)
from tests.clients.run_client import Access
from tests.clients.streams import joined, raised, synchronous

EMBEDDINGS = {"embeddings": "agents only"}


def status_of(error: Any) -> int:
    """The HTTP status of an exception of the client below, which Strands wraps in its own."""
    cause = error if hasattr(error, "status_code") else error.__cause__
    return int(cause.status_code)


class Place(BaseModel):
    """A place and its population."""

    city: str
    population: int


class Strands:
    """`model(access, alias, **options)` makes a model. `status_of`: the HTTP status of an exception."""

    def __init__(
        self,
        model: Callable[..., Any],
        *,
        status_of: Callable[[Any], int],
        reasoning_options: Mapping[str, Any] | None = None,
        not_available: Mapping[str, str] | None = None,
    ) -> None:
        self._model, self._status_of, self._reasoning_options = model, status_of, reasoning_options or {}
        self.NOT_AVAILABLE = EMBEDDINGS | dict(not_available or {})

    def _agent(self, access: Access, alias: str = ALIAS, options: Mapping[str, Any] | None = None, **given: Any) -> Any:
        return strands.Agent(
            model=self._model(access, alias, **(options or {})),
            callback_handler=None,
            conversation_manager=NullConversationManager(),
            retry_strategy=None,
            **given,
        )

    def plain(self, access: Access) -> str:
        return str(self._agent(access)(HELLO)).strip()

    def system(self, access: Access) -> str:
        return str(self._agent(access, system_prompt=SYSTEM)(HELLO)).strip()

    def turns(self, access: Access) -> str:
        history = [{"role": "user", "content": [{"text": NAME}]}, {"role": "assistant", "content": [{"text": REPLY}]}]
        return str(self._agent(access, messages=history)(WHO)).strip()

    async def _streamed(self, access: Access, alias: str) -> AsyncIterator[str]:
        async for event in self._agent(access, alias).stream_async(HELLO):
            yield event.get("data", "")

    def _texts(self, access: Access, alias: str) -> Iterator[str]:
        return synchronous(self._streamed(access, alias))

    def stream(self, access: Access) -> Any:
        return joined(lambda: self._texts(access, ALIAS))

    def tools(self, access: Access) -> Any:
        return self._with_tools(access, WEATHER)

    def parallel_tools(self, access: Access) -> Any:
        return self._with_tools(access, BOTH)

    def _with_tools(self, access: Access, question: str) -> Any:
        cities: list[str] = []

        @strands.tool
        def weather(city: str) -> str:
            """Tells the weather of a city."""
            cities.append(city)
            return forecast(city)

        answer = self._agent(access, tools=[weather])(question)
        return {"cities": sorted(cities), "text": str(answer).strip()}

    def structured_output(self, access: Access) -> Any:
        found = {}
        for alias in (ALIAS, NATIVE):
            answer = self._agent(access, alias)(POPULATION, structured_output_model=Place)
            found[alias] = answer.structured_output.model_dump()
        return found

    def images(self, access: Access) -> str:
        image = {"image": {"format": "png", "source": {"bytes": base64.b64decode(PNG)}}}
        return str(self._agent(access)([{"text": WHAT}, image])).strip()

    def reasoning(self, access: Access) -> Any:
        message = self._agent(access, NATIVE, options=self._reasoning_options)(HELLO).message
        found = [block["reasoningContent"] for block in message["content"] if "reasoningContent" in block]
        text = "".join(block.get("text", "") for block in message["content"])
        return {"reasoning": found[0]["reasoningText"]["text"], "text": text}

    def errors(self, access: Access) -> Any:
        def status(alias: str, **options: Any) -> int:
            try:
                self._agent(access, alias, options)(HELLO)
            except Exception as error:
                return self._status_of(error)
            return 200

        return {
            "unknown alias": status("gpt-4o"),
            "throttled": status(BUSY),
            "invalid": status(ALIAS, temperature=1.5),
        }

    def broken_stream(self, access: Access) -> str:
        return raised(lambda: self._texts(access, BREAKING))
