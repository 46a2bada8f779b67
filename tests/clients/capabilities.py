"""What each client is asked for, and what it has to come back with. Imported in every client's environment."""

from __future__ import annotations

from typing import Any, NamedTuple

ALIAS, NATIVE, BUSY, BREAKING, EMBEDDER = "support-bot", "claude", "busy", "breaking", "embedder"
KEY = "the-key-of-the-clients-0123456789"
ACCESS_KEY, REGION = "AKIDCLIENTS", "us-east-1"  # of credentials whose secret is KEY
HELLO = "Hello"
SYSTEM = "Be brief"
NAME, REPLY, WHO = "My name is Ada", "Hello Ada", "Who am I?"
WEATHER, BOTH = "How is the weather in Basel?", "Compare the weather in Basel with the weather in Bern."
POPULATION = "What is the population of Basel?"
PLACE: dict[str, Any] = {"city": "Basel", "population": 177_000}
PLACE_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "population": {"type": "integer"}},
    "required": ["city", "population"],
    "additionalProperties": False,
}
WEATHER_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WHAT = "What is this?"
# 1 x 1, 67 bytes
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg=="
TEXTS = ["a parcel", "an invoice"]
TOOL = "Tells the weather of a city."


def forecast(city: str) -> str:
    return f"21 degrees in {city}"


class Capability(NamedTuple):
    """`expected`: what the function of this name of each client's module returns."""

    name: str
    title: str
    expected: Any


def _tools(cities: tuple[str, ...]) -> dict[str, Any]:
    return {"cities": list(cities), "text": f"The tools say: {'; '.join(map(forecast, cities))}."}


CAPABILITIES = (
    Capability("plain", "plain", f"You said: {HELLO}."),
    Capability("system", "system", f"You said: {HELLO}. I was told: {SYSTEM}."),
    Capability("turns", "multi-turn", f"You said: {WHO}. The first turn was: {NAME}."),
    Capability("stream", "stream", {"text": f"You said: {HELLO}.", "as it comes": True}),
    Capability("tools", "tools", _tools(("Basel",))),
    Capability("parallel_tools", "parallel tools", _tools(("Basel", "Bern"))),
    Capability("structured_output", "structured output", {ALIAS: PLACE, NATIVE: PLACE}),
    Capability("images", "images", f"You said: {WHAT}. I see a png of 67 bytes."),
    Capability("reasoning", "reasoning", {"reasoning": "I repeat what I got.", "text": f"You said: {HELLO}."}),
    Capability("embeddings", "embeddings", [[1.0, 8.0], [1.0, 10.0]]),
    Capability("errors", "errors", {"unknown alias": 404, "throttled": 429, "invalid": 400}),
    Capability("broken_stream", "broken stream", "raised after a part"),
)
