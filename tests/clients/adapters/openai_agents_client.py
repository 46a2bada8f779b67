"""OpenAI's Agents SDK: one code for chat completions and responses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import agents
import openai
from pydantic import BaseModel

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

agents.set_tracing_disabled(True)
EMBEDDINGS = {"embeddings": "agents only"}


class Place(BaseModel):
    city: str
    population: int


class OpenAiAgents:
    """`model(client, alias)` makes a model."""

    def __init__(
        self, model: Callable[[openai.AsyncOpenAI, str], Any], not_available: Mapping[str, str] | None = None
    ) -> None:
        self._model = model
        self.NOT_AVAILABLE = EMBEDDINGS | dict(not_available or {})

    def _agent(self, access: Access, alias: str = ALIAS, **given: Any) -> Any:
        client = openai.AsyncOpenAI(base_url=f"{access.url}/v1", api_key=access.key, max_retries=0)
        return agents.Agent(name="agent", model=self._model(client, alias), **given)

    def _ask(self, agent: Any, said: Any) -> Any:
        return agents.Runner.run_sync(agent, said).final_output

    def plain(self, access: Access) -> str:
        return str(self._ask(self._agent(access), HELLO))

    def system(self, access: Access) -> str:
        return str(self._ask(self._agent(access, instructions=SYSTEM), HELLO))

    def turns(self, access: Access) -> str:
        said = (("user", NAME), ("assistant", REPLY), ("user", WHO))
        return str(self._ask(self._agent(access), [{"role": role, "content": text} for role, text in said]))

    async def _streamed(self, access: Access, alias: str) -> AsyncIterator[str]:
        async for event in agents.Runner.run_streamed(self._agent(access, alias), HELLO).stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                yield event.data.delta

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

        @agents.function_tool
        def weather(city: str) -> str:
            """Tells the weather of a city."""
            cities.append(city)
            return forecast(city)

        text = self._ask(self._agent(access, tools=[weather]), question)
        return {"cities": sorted(cities), "text": text}

    def structured_output(self, access: Access) -> Any:
        found = {}
        for alias in (ALIAS, NATIVE):
            found[alias] = self._ask(self._agent(access, alias, output_type=Place), POPULATION).model_dump()
        return found

    def images(self, access: Access) -> str:
        image = {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "auto"}
        parts = [{"type": "input_text", "text": WHAT}, image]
        return str(self._ask(self._agent(access), [{"role": "user", "content": parts}]))

    def reasoning(self, access: Access) -> Any:
        settings = agents.ModelSettings(reasoning=openai.types.Reasoning(effort="low"))
        run = agents.Runner.run_sync(self._agent(access, NATIVE, model_settings=settings), HELLO)
        (item,) = [item.raw_item for item in run.new_items if item.type == "reasoning_item"]
        return {"reasoning": (item.summary or item.content)[0].text, "text": run.final_output}

    def errors(self, access: Access) -> Any:
        def status(alias: str, **settings: Any) -> int:
            try:
                self._ask(self._agent(access, alias, model_settings=agents.ModelSettings(**settings)), HELLO)
            except openai.APIStatusError as error:
                return error.status_code
            return 200

        return {
            "unknown alias": status("gpt-4o"),
            "throttled": status(BUSY),
            "invalid": status(ALIAS, temperature=1.5),
        }

    def broken_stream(self, access: Access) -> str:
        return raised(lambda: self._texts(access, BREAKING))
