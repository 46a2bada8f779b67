"""Pydantic AI: one code for its models."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent, ModelSettings
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ThinkingPart, UserPromptPart

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
    TEXTS,
    WEATHER,
    WHAT,
    WHO,
    forecast,
)
from tests.clients.run_client import Access
from tests.clients.streams import joined, raised, synchronous


class Place(BaseModel):
    city: str
    population: int


class PydanticAi:
    """`model(access, alias)` makes a model, `embedder(access)` an embedder. `settings`: those that show reasoning."""

    def __init__(
        self,
        model: Callable[[Access, str], Any],
        *,
        embedder: Callable[[Access], Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        not_available: Mapping[str, str] | None = None,
    ) -> None:
        self._model, self._embedder, self._settings = model, embedder, settings
        self.NOT_AVAILABLE = dict(not_available or {})

    def plain(self, access: Access) -> str:
        return str(Agent(self._model(access, ALIAS)).run_sync(HELLO).output)

    def system(self, access: Access) -> str:
        return str(Agent(self._model(access, ALIAS), system_prompt=SYSTEM).run_sync(HELLO).output)

    def turns(self, access: Access) -> str:
        history: list[Any] = [ModelRequest(parts=[UserPromptPart(NAME)]), ModelResponse(parts=[TextPart(REPLY)])]
        return str(Agent(self._model(access, ALIAS)).run_sync(WHO, message_history=history).output)

    async def _streamed(self, access: Access, alias: str) -> AsyncIterator[str]:
        async with Agent(self._model(access, alias)).run_stream(HELLO) as run:
            async for text in run.stream_text(delta=True, debounce_by=None):
                yield text

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

        def weather(city: str) -> str:
            """Tells the weather of a city."""
            cities.append(city)
            return forecast(city)

        answer = Agent(self._model(access, ALIAS), tools=[weather]).run_sync(question)
        return {"cities": sorted(cities), "text": answer.output}

    def structured_output(self, access: Access) -> Any:
        found = {}
        for alias in (ALIAS, NATIVE):
            answer = Agent(self._model(access, alias), output_type=Place).run_sync(POPULATION)
            found[alias] = answer.output.model_dump()
        return found

    def images(self, access: Access) -> str:
        image = BinaryContent(base64.b64decode(PNG), media_type="image/png")
        return str(Agent(self._model(access, ALIAS)).run_sync([WHAT, image]).output)

    def reasoning(self, access: Access) -> Any:
        settings: Any = ModelSettings(**(self._settings or {}))
        answer = Agent(self._model(access, NATIVE), model_settings=settings).run_sync(HELLO)
        parts = answer.all_messages()[-1].parts
        return {"reasoning": next(p.content for p in parts if isinstance(p, ThinkingPart)), "text": answer.output}

    def embeddings(self, access: Access) -> Any:
        assert self._embedder
        return [list(vector) for vector in self._embedder(access).embed_documents_sync(TEXTS).embeddings]

    def errors(self, access: Access) -> Any:
        def status(alias: str, **settings: Any) -> int:
            try:
                given: Any = ModelSettings(**settings)
                Agent(self._model(access, alias), model_settings=given).run_sync(HELLO)
            except Exception as error:
                return int(getattr(error, "status_code", 0))
            return 200

        return {
            "unknown alias": status("gpt-4o"),
            "throttled": status(BUSY),
            "invalid": status(ALIAS, temperature=1.5),
        }

    def broken_stream(self, access: Access) -> str:
        return raised(lambda: self._texts(access, BREAKING))
