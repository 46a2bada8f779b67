"""What the model in place of Bedrock's answers: it repeats what it got, calls tools and fills schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.clients.capabilities import PLACE

Block = dict[str, Any]
_EXAMPLES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
_REASONING = {"reasoningContent": {"reasoningText": {"text": "I repeat what I got.", "signature": "c2ln"}}}


def answer(request: Mapping[str, Any]) -> tuple[list[Block], str]:
    """The content blocks and the stop reason."""
    calls = _calls(request)
    if calls:
        return calls, "tool_use"
    blocks = [{"text": _text(request)}]
    return ([_REASONING, *blocks] if _reasons(request) else blocks), "end_turn"


def _calls(request: Mapping[str, Any]) -> list[Block]:
    config = request.get("toolConfig") or {}
    specs = {tool["toolSpec"]["name"]: tool["toolSpec"] for tool in config.get("tools", []) if "toolSpec" in tool}
    choice = config.get("toolChoice") or {}
    question = _said(request["messages"][-1])
    cities = [city for city in ("Basel", "Bern") if city in question]
    if "tool" in choice:
        return [_call(specs[choice["tool"]["name"]], cities[0] if cities else None, 0)]
    asked = "weather" if "weather" in question else "population"
    fitting = [spec for spec in specs.values() if asked in json.dumps(spec)]
    if "any" in choice:
        fitting = fitting or list(specs.values())
    if not fitting or not (question or "any" in choice):
        return []
    cities = cities if asked == "weather" else cities[:1]
    return [_call(fitting[0], city, number) for number, city in enumerate(cities)]


def _call(spec: Mapping[str, Any], city: str | None, number: int) -> Block:
    given = example(spec["inputSchema"]["json"])
    if city and "city" in given:
        given["city"] = city
    return {"toolUse": {"toolUseId": f"tooluse_{spec['name'][:8]}{number}", "name": spec["name"], "input": given}}


def example(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Any:
    """A value that follows `schema`."""
    root = root or schema
    if "$ref" in schema:
        kind, name = schema["$ref"].split("/")[-2:]
        return example(root[kind][name], root)
    if "enum" in schema or "const" in schema:
        return schema.get("enum", [schema.get("const")])[0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return example(schema[union][0], root)
    if "properties" in schema:
        return {name: PLACE.get(name, example(value, root)) for name, value in schema["properties"].items()}
    return _EXAMPLES[schema.get("type", "string")]


def _text(request: Mapping[str, Any]) -> str:
    text_format = (request.get("outputConfig") or {}).get("textFormat")
    if text_format:
        return json.dumps(example(json.loads(text_format["structure"]["jsonSchema"]["schema"])))
    messages: Sequence[Mapping[str, Any]] = request["messages"]
    system = " ".join(block["text"] for block in request.get("system", []) if "text" in block)
    results = [block["toolResult"]["content"] for block in messages[-1]["content"] if "toolResult" in block]
    if results:
        return f"The tools say: {'; '.join(_result(content) for content in results)}."
    images = [block["image"] for block in messages[-1]["content"] if "image" in block]
    seen = "".join(f" I see a {image['format']} of {len(image['source']['bytes'])} bytes." for image in images)
    first = f" The first turn was: {_said(messages[0])}." if len(messages) > 1 else ""
    told = f" I was told: {system}." if system else ""
    return f"You said: {_said(messages[-1])}.{seen}{first}{told}"


def _said(message: Mapping[str, Any]) -> str:
    return " ".join(block["text"] for block in message["content"] if "text" in block)


def _result(content: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(block["text"] if "text" in block else json.dumps(block.get("json")) for block in content)


def _reasons(request: Mapping[str, Any]) -> bool:
    extra = request.get("additionalModelRequestFields") or {}
    effort = (request.get("outputConfig") or {}).get("effort")
    return bool(effort or {"thinking", "reasoningConfig", "reasoning_effort"} & set(extra))
