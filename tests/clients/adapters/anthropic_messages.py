"""The anthropic package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pydantic

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
    TOOL,
    WEATHER,
    WEATHER_SCHEMA,
    WHAT,
    WHO,
    forecast,
)
from tests.clients.run_client import Access
from tests.clients.streams import joined, raised

NOT_AVAILABLE = {"embeddings": "Anthropic has none"}
TOOLS: Any = [{"name": "weather", "description": TOOL, "input_schema": WEATHER_SCHEMA}]
MAX_TOKENS = 2000


class Place(pydantic.BaseModel):
    city: str
    population: int


def _client(access: Access) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=access.url, api_key=access.key, max_retries=0)


def _ask(access: Access, *messages: Any, model: str = ALIAS, **options: Any) -> Any:
    with _client(access) as client:
        return client.messages.create(model=model, max_tokens=MAX_TOKENS, messages=list(messages), **options)


def _user(content: Any) -> Any:
    return {"role": "user", "content": content}


def _text(answer: Any) -> str:
    return "".join(block.text for block in answer.content if block.type == "text")


def plain(access: Access) -> str:
    return _text(_ask(access, _user(HELLO)))


def system(access: Access) -> str:
    return _text(_ask(access, _user(HELLO), system=SYSTEM))


def turns(access: Access) -> str:
    return _text(_ask(access, _user(NAME), {"role": "assistant", "content": REPLY}, _user(WHO)))


def _texts(access: Access, alias: str) -> Iterator[str]:
    with (
        _client(access) as client,
        client.messages.stream(model=alias, max_tokens=MAX_TOKENS, messages=[_user(HELLO)]) as events,
    ):
        yield from events.text_stream


def tools(access: Access) -> Any:
    return _with_tools(access, WEATHER)


def parallel_tools(access: Access) -> Any:
    return _with_tools(access, BOTH)


def _with_tools(access: Access, question: str) -> Any:
    content = _ask(access, _user(question), tools=TOOLS).content
    uses = [block for block in content if block.type == "tool_use"]
    cities = [use.input["city"] for use in uses]
    results = [
        {"type": "tool_result", "tool_use_id": use.id, "content": forecast(city)}
        for use, city in zip(uses, cities, strict=True)
    ]
    answer = _ask(access, _user(question), {"role": "assistant", "content": content}, _user(results), tools=TOOLS)
    return {"cities": cities, "text": _text(answer)}


def structured_output(access: Access) -> Any:
    found = {}
    with _client(access) as client:
        for alias in (ALIAS, NATIVE):
            answer = client.messages.parse(
                model=alias, max_tokens=MAX_TOKENS, messages=[_user(POPULATION)], output_format=Place
            )
            found[alias] = answer.parsed_output.model_dump() if answer.parsed_output else None
    return found


def images(access: Access) -> str:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    return _text(_ask(access, _user([{"type": "text", "text": WHAT}, image])))


def reasoning(access: Access) -> Any:
    thinking = {"type": "enabled", "budget_tokens": 1024}
    answer = _ask(access, _user(HELLO), model=NATIVE, thinking=thinking)
    return {"reasoning": answer.content[0].thinking, "text": _text(answer)}


def errors(access: Access) -> Any:
    def status(model: str, **options: Any) -> int:
        try:
            _ask(access, _user(HELLO), model=model, **options)
        except anthropic.APIStatusError as error:
            return error.status_code
        return 200

    invalid = {"extra_body": {"temperature": 1.5}}
    return {"unknown alias": status("gpt-4o"), "throttled": status(BUSY), "invalid": status(ALIAS, **invalid)}


def stream(access: Access) -> Any:
    return joined(lambda: _texts(access, ALIAS))


def broken_stream(access: Access) -> str:
    return raised(lambda: _texts(access, BREAKING))
