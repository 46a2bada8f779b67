"""The openai package, responses."""

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

NOT_AVAILABLE = {"embeddings": "see the row of chat completions"}
TOOLS: Any = [{"type": "function", "name": "weather", "description": TOOL, "parameters": WEATHER_SCHEMA}]


class Place(pydantic.BaseModel):
    city: str
    population: int


def _client(access: Access) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{access.url}/v1", api_key=access.key, max_retries=0)


def _ask(access: Access, given: Any, *, model: str = ALIAS, **options: Any) -> Any:
    with _client(access) as client:
        return client.responses.create(model=model, input=given, store=False, **options)


def plain(access: Access) -> str:
    return str(_ask(access, HELLO).output_text)


def system(access: Access) -> str:
    return str(_ask(access, HELLO, instructions=SYSTEM).output_text)


def turns(access: Access) -> str:
    said = (("user", NAME), ("assistant", REPLY), ("user", WHO))
    return str(_ask(access, [{"role": role, "content": text} for role, text in said]).output_text)


def _texts(access: Access, alias: str) -> Iterator[str]:
    with _client(access) as client, client.responses.stream(model=alias, input=HELLO) as events:
        for event in events:
            if event.type == "response.output_text.delta":
                yield event.delta
        events.get_final_response()


def tools(access: Access) -> Any:
    return _with_tools(access, WEATHER)


def parallel_tools(access: Access) -> Any:
    return _with_tools(access, BOTH)


def _with_tools(access: Access, question: str) -> Any:
    user = {"role": "user", "content": question}
    output = _ask(access, [user], tools=TOOLS).output
    calls = {item.call_id: json.loads(item.arguments)["city"] for item in output if item.type == "function_call"}
    results = [
        {"type": "function_call_output", "call_id": call, "output": forecast(city)} for call, city in calls.items()
    ]
    return {"cities": list(calls.values()), "text": _ask(access, [user, *output, *results], tools=TOOLS).output_text}


def structured_output(access: Access) -> Any:
    found = {}
    with _client(access) as client:
        for alias in (ALIAS, NATIVE):
            parsed = client.responses.parse(model=alias, input=POPULATION, text_format=Place).output_parsed
            found[alias] = parsed.model_dump() if parsed else None
    return found


def images(access: Access) -> str:
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "auto"}
    content = [{"type": "input_text", "text": WHAT}, image]
    return str(_ask(access, [{"role": "user", "content": content}]).output_text)


def reasoning(access: Access) -> Any:
    answer = _ask(access, HELLO, model=NATIVE, reasoning={"effort": "low", "summary": "auto"})
    (item,) = [item for item in answer.output if item.type == "reasoning"]
    return {"reasoning": item.summary[0].text, "text": answer.output_text}


def errors(access: Access) -> Any:
    def status(model: str, **options: Any) -> int:
        try:
            _ask(access, HELLO, model=model, **options)
        except openai.APIStatusError as error:
            return error.status_code
        return 200

    return {"unknown alias": status("gpt-4o"), "throttled": status(BUSY), "invalid": status(ALIAS, temperature=1.5)}


def stream(access: Access) -> Any:
    return joined(lambda: _texts(access, ALIAS))


def broken_stream(access: Access) -> str:
    return raised(lambda: _texts(access, BREAKING))
