"""The openai package, chat completions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pydantic

from tests.clients.capabilities import (
    ALIAS,
    BOTH,
    BREAKING,
    BUSY,
    EMBEDDER,
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

NOT_AVAILABLE: dict[str, str] = {}
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "description": TOOL, "parameters": WEATHER_SCHEMA}}]


class Place(pydantic.BaseModel):
    city: str
    population: int


def _client(access: Access) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{access.url}/v1", api_key=access.key, max_retries=0)


def _ask(access: Access, *messages: Any, model: str = ALIAS, **options: Any) -> Any:
    with _client(access) as client:
        return client.chat.completions.create(model=model, messages=messages, **options)


def plain(access: Access) -> str:
    return str(_ask(access, {"role": "user", "content": HELLO}).choices[0].message.content)


def system(access: Access) -> str:
    answer = _ask(access, {"role": "system", "content": SYSTEM}, {"role": "user", "content": HELLO})
    return str(answer.choices[0].message.content)


def turns(access: Access) -> str:
    answer = _ask(
        access,
        {"role": "user", "content": NAME},
        {"role": "assistant", "content": REPLY},
        {"role": "user", "content": WHO},
    )
    return str(answer.choices[0].message.content)


def _texts(access: Access, alias: str) -> Iterator[str]:
    with _client(access) as client:
        parts = client.chat.completions.create(model=alias, messages=[{"role": "user", "content": HELLO}], stream=True)
        yield from (part.choices[0].delta.content or "" for part in parts if part.choices)


def stream(access: Access) -> Any:
    return joined(lambda: _texts(access, ALIAS))


def broken_stream(access: Access) -> str:
    return raised(lambda: _texts(access, BREAKING))


def tools(access: Access) -> Any:
    return _with_tools(access, WEATHER)


def parallel_tools(access: Access) -> Any:
    return _with_tools(access, BOTH)


def _with_tools(access: Access, question: str) -> Any:
    messages: list[Any] = [{"role": "user", "content": question}]
    message = _ask(access, *messages, tools=TOOLS).choices[0].message
    cities = [json.loads(call.function.arguments)["city"] for call in message.tool_calls]
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": forecast(city)}
        for call, city in zip(message.tool_calls, cities, strict=True)
    ]
    answer = _ask(access, *messages, message, *results, tools=TOOLS)
    return {"cities": cities, "text": answer.choices[0].message.content}


def structured_output(access: Access) -> Any:
    with _client(access) as client:
        found = {}
        for alias in (ALIAS, NATIVE):
            answer = client.chat.completions.parse(
                model=alias, messages=[{"role": "user", "content": POPULATION}], response_format=Place
            )
            parsed = answer.choices[0].message.parsed
            found[alias] = parsed.model_dump() if parsed else None
    return found


def images(access: Access) -> str:
    image: Any = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    answer = _ask(access, {"role": "user", "content": [{"type": "text", "text": WHAT}, image]})
    return str(answer.choices[0].message.content)


def reasoning(access: Access) -> Any:
    message = _ask(access, {"role": "user", "content": HELLO}, reasoning_effort="low").choices[0].message
    return {"reasoning": message.reasoning_content, "text": message.content}


def embeddings(access: Access) -> Any:
    with _client(access) as client:
        return [found.embedding for found in client.embeddings.create(model=EMBEDDER, input=TEXTS).data]


def errors(access: Access) -> Any:
    with _client(access) as client:

        def status(model: str, **options: Any) -> int:
            try:
                client.chat.completions.create(model=model, messages=[{"role": "user", "content": HELLO}], **options)
            except openai.APIStatusError as error:
                return error.status_code
            return 200

        return {
            "unknown alias": status("gpt-4o"),
            "throttled": status(BUSY),
            "invalid": status(ALIAS, temperature=1.5),
        }
