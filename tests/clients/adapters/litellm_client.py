"""LiteLLM: one code for its providers openai, anthropic and bedrock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import litellm
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
    TOOL,
    WEATHER,
    WEATHER_SCHEMA,
    WHAT,
    WHO,
    forecast,
)
from tests.clients.run_client import Access
from tests.clients.streams import joined, raised

TOOLS = [{"type": "function", "function": {"name": "weather", "description": TOOL, "parameters": WEATHER_SCHEMA}}]


class Place(BaseModel):
    city: str
    population: int


class LiteLlm:
    """`options(access, alias)`: the arguments of litellm.completion that name the model and the API.

    `reasoning`: those that make the model show its reasoning.
    """

    def __init__(
        self,
        options: Callable[[Access, str], Mapping[str, Any]],
        *,
        embedder: Callable[[Access], Mapping[str, Any]] | None = None,
        reasoning: Mapping[str, Any] | None = None,
        not_available: Mapping[str, str] | None = None,
    ) -> None:
        self._options, self._embedder = options, embedder
        self._reasoning = reasoning or {"reasoning_effort": "low"}
        self.NOT_AVAILABLE = dict(not_available or {})

    def _ask(self, access: Access, *messages: Any, alias: str = ALIAS, **options: Any) -> Any:
        given = self._options(access, alias)
        # It knows no alias, so some of its providers refuse what they could pass on.
        allowed = [name for name in ("tools", "reasoning_effort", "thinking") if name in options]
        if allowed:
            given = {**given, "allowed_openai_params": allowed}
        return litellm.completion(messages=list(messages), num_retries=0, max_retries=0, **given, **options)

    def _text(self, answer: Any) -> str:
        return str(answer.choices[0].message.content)

    def plain(self, access: Access) -> str:
        return self._text(self._ask(access, {"role": "user", "content": HELLO}))

    def system(self, access: Access) -> str:
        return self._text(self._ask(access, {"role": "system", "content": SYSTEM}, {"role": "user", "content": HELLO}))

    def turns(self, access: Access) -> str:
        said = (("user", NAME), ("assistant", REPLY), ("user", WHO))
        return self._text(self._ask(access, *({"role": role, "content": text} for role, text in said)))

    def _texts(self, access: Access, alias: str) -> Iterator[str]:
        parts = self._ask(access, {"role": "user", "content": HELLO}, alias=alias, stream=True)
        return (part.choices[0].delta.content or "" for part in parts if part.choices)

    def stream(self, access: Access) -> Any:
        return joined(lambda: self._texts(access, ALIAS))

    def tools(self, access: Access) -> Any:
        return self._with_tools(access, WEATHER)

    def parallel_tools(self, access: Access) -> Any:
        return self._with_tools(access, BOTH)

    def _with_tools(self, access: Access, question: str) -> Any:
        user = {"role": "user", "content": question}
        message = self._ask(access, user, tools=TOOLS).choices[0].message
        cities = [json.loads(call.function.arguments)["city"] for call in message.tool_calls]
        results = [
            {"role": "tool", "tool_call_id": call.id, "content": forecast(city)}
            for call, city in zip(message.tool_calls, cities, strict=True)
        ]
        return {"cities": cities, "text": self._text(self._ask(access, user, message, *results, tools=TOOLS))}

    def structured_output(self, access: Access) -> Any:
        user = {"role": "user", "content": POPULATION}
        found = {}
        for alias in (ALIAS, NATIVE):
            found[alias] = json.loads(self._text(self._ask(access, user, alias=alias, response_format=Place)))
        return found

    def images(self, access: Access) -> str:
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
        return self._text(self._ask(access, {"role": "user", "content": [{"type": "text", "text": WHAT}, image]}))

    def reasoning(self, access: Access) -> Any:
        answer = self._ask(access, {"role": "user", "content": HELLO}, alias=NATIVE, **self._reasoning)
        return {"reasoning": answer.choices[0].message.reasoning_content, "text": self._text(answer)}

    def embeddings(self, access: Access) -> Any:
        assert self._embedder
        return [found["embedding"] for found in litellm.embedding(input=TEXTS, **self._embedder(access)).data]

    def errors(self, access: Access) -> Any:
        def status(alias: str, **options: Any) -> int:
            try:
                self._ask(access, {"role": "user", "content": HELLO}, alias=alias, **options)
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
