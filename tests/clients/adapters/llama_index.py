"""LlamaIndex's language models: one code for every integration."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools import FunctionTool
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


def weather(city: str) -> str:
    """Tells the weather of a city."""
    return forecast(city)


class LlamaIndex:
    """`model(access, alias, **options)` makes a language model, `embedder(access)` the embeddings.

    `status_of`: the HTTP status of an exception. `invalid`: options that the API refuses.
    """

    def __init__(
        self,
        model: Callable[..., Any],
        *,
        status_of: Callable[[Any], int],
        embedder: Callable[[Access], Any] | None = None,
        reasoning_options: Mapping[str, Any] | None = None,
        invalid: Mapping[str, Any] | None = None,
        not_available: Mapping[str, str] | None = None,
    ) -> None:
        self._model, self._embedder, self._status_of = model, embedder, status_of
        self._reasoning_options, self._invalid = reasoning_options or {}, invalid or {"temperature": 1.5}
        self.NOT_AVAILABLE = dict(not_available or {})

    def _chat(self, access: Access, *said: tuple[str, str]) -> str:
        answer = self._model(access, ALIAS).chat([ChatMessage(role=role, content=text) for role, text in said])
        return str(answer.message.content)

    def plain(self, access: Access) -> str:
        return self._chat(access, ("user", HELLO))

    def system(self, access: Access) -> str:
        return self._chat(access, ("system", SYSTEM), ("user", HELLO))

    def turns(self, access: Access) -> str:
        return self._chat(access, ("user", NAME), ("assistant", REPLY), ("user", WHO))

    def _texts(self, access: Access, alias: str) -> Iterator[str]:
        return (part.delta or "" for part in self._model(access, alias).stream_chat([ChatMessage(HELLO)]))

    def stream(self, access: Access) -> Any:
        return joined(lambda: self._texts(access, ALIAS))

    def tools(self, access: Access) -> Any:
        return self._with_tools(access, WEATHER)

    def parallel_tools(self, access: Access) -> Any:
        return self._with_tools(access, BOTH)

    def _with_tools(self, access: Access, question: str) -> Any:
        model, tools = self._model(access, ALIAS), [FunctionTool.from_defaults(weather)]
        history = [ChatMessage(role="user", content=question)]
        answer = model.chat_with_tools(tools, chat_history=history, allow_parallel_tool_calls=True)
        calls = model.get_tool_calls_from_response(answer)
        history.append(answer.message)
        for call in calls:
            content = forecast(call.tool_kwargs["city"])
            history.append(ChatMessage(role="tool", content=content, additional_kwargs={"tool_call_id": call.tool_id}))
        last = model.chat_with_tools(tools, chat_history=history, allow_parallel_tool_calls=True)
        return {"cities": [call.tool_kwargs["city"] for call in calls], "text": last.message.content}

    def structured_output(self, access: Access) -> Any:
        found = {}
        for alias in (ALIAS, NATIVE):
            place = self._model(access, alias).structured_predict(Place, PromptTemplate(POPULATION))
            found[alias] = place.model_dump()
        return found

    def images(self, access: Access) -> str:
        blocks = [TextBlock(text=WHAT), ImageBlock(image=base64.b64decode(PNG), image_mimetype="image/png")]
        return str(self._model(access, ALIAS).chat([ChatMessage(role="user", blocks=blocks)]).message.content)

    def reasoning(self, access: Access) -> Any:
        message = self._model(access, NATIVE, **self._reasoning_options).chat([ChatMessage(HELLO)]).message
        found = [block for block in message.blocks if block.block_type == "thinking"]
        return {"reasoning": found[0].content, "text": message.content}

    def embeddings(self, access: Access) -> Any:
        assert self._embedder
        return self._embedder(access).get_text_embedding_batch(TEXTS)

    def errors(self, access: Access) -> Any:
        def status(alias: str, **options: Any) -> int:
            try:
                self._model(access, alias, **options).chat([ChatMessage(HELLO)])
            except Exception as error:
                return self._status_of(error)
            return 200

        return {
            "unknown alias": status("gpt-4o"),
            "throttled": status(BUSY),
            "invalid": status(ALIAS, **self._invalid),
        }

    def broken_stream(self, access: Access) -> str:
        return raised(lambda: self._texts(access, BREAKING))
