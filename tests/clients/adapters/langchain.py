"""LangChain's chat models: one code for every provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
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
    TEXTS,
    WEATHER,
    WHAT,
    WHO,
    forecast,
)
from tests.clients.run_client import Access
from tests.clients.streams import joined, raised


class Place(BaseModel):
    """A place and its population."""

    city: str
    population: int


@tool
def weather(city: str) -> str:
    """Tells the weather of a city."""
    return forecast(city)


class LangChain:
    """`model(access, alias, **options)` makes a chat model, `embedder(access)` the embeddings.

    `reasoning_options`: those that make the model show its reasoning. `status_of`: the HTTP status of an exception.
    """

    def __init__(
        self,
        model: Callable[..., Any],
        *,
        status_of: Callable[[Any], int],
        embedder: Callable[[Access], Any] | None = None,
        reasoning_options: Mapping[str, Any] | None = None,
        not_available: Mapping[str, str] | None = None,
    ) -> None:
        self._model, self._embedder, self._status_of = model, embedder, status_of
        self._reasoning_options = reasoning_options or {}
        self.NOT_AVAILABLE = dict(not_available or {})

    def plain(self, access: Access) -> str:
        return str(self._model(access, ALIAS).invoke(HELLO).text)

    def system(self, access: Access) -> str:
        return str(self._model(access, ALIAS).invoke([("system", SYSTEM), ("user", HELLO)]).text)

    def turns(self, access: Access) -> str:
        messages = [("user", NAME), ("assistant", REPLY), ("user", WHO)]
        return str(self._model(access, ALIAS).invoke(messages).text)

    def _texts(self, access: Access, alias: str) -> Iterator[str]:
        return (str(chunk.text) for chunk in self._model(access, alias).stream(HELLO))

    def stream(self, access: Access) -> Any:
        return joined(lambda: self._texts(access, ALIAS))

    def tools(self, access: Access) -> Any:
        return self._with_tools(access, WEATHER)

    def parallel_tools(self, access: Access) -> Any:
        return self._with_tools(access, BOTH)

    def _with_tools(self, access: Access, question: str) -> Any:
        model = self._model(access, ALIAS).bind_tools([weather])
        messages: list[Any] = [HumanMessage(question)]
        message = model.invoke(messages)
        messages.append(message)
        for call in message.tool_calls:
            messages.append(ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"]))
        return {"cities": [call["args"]["city"] for call in message.tool_calls], "text": model.invoke(messages).text}

    def structured_output(self, access: Access) -> Any:
        found = {}
        for alias in (ALIAS, NATIVE):
            place = self._model(access, alias).with_structured_output(Place).invoke(POPULATION)
            found[alias] = place.model_dump()
        return found

    def images(self, access: Access) -> str:
        image = {"type": "image", "base64": PNG, "mime_type": "image/png"}
        message = HumanMessage(content=[{"type": "text", "text": WHAT}, image])
        return str(self._model(access, ALIAS).invoke([message]).text)

    def reasoning(self, access: Access) -> Any:
        message = self._model(access, NATIVE, **self._reasoning_options).invoke(HELLO)
        found = [block for block in message.content_blocks if block["type"] == "reasoning"]
        return {"reasoning": found[0]["reasoning"], "text": message.text}

    def embeddings(self, access: Access) -> Any:
        assert self._embedder
        return self._embedder(access).embed_documents(TEXTS)

    def errors(self, access: Access) -> Any:
        def status(alias: str, **options: Any) -> int:
            try:
                self._model(access, alias, **options).invoke(HELLO)
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
