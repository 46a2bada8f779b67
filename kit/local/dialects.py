"""Shows on the deployed API what clients of each dialect get: a streamed answer, one question in each, an embedding."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kit.local.questions import CHAT_QUESTION, opened
from kit_contract.counted import counted

SHOWN = 58  # characters of an answer
MOCK = re.compile(r"\[mock answer by [^]]*\] ")  # the summary explains it below


@dataclass(frozen=True)
class Dialect:
    """`path` from the API's root. `text`: the answer's text in a response."""

    name: str
    path: str
    body: Mapping[str, Any]
    text: Callable[[Mapping[str, Any]], str]


def dialects(alias: str) -> list[Dialect]:
    """The same question to one alias, as OpenAI's, Anthropic's and AWS's clients ask it."""
    messages = [{"role": "user", "content": CHAT_QUESTION}]
    return [
        Dialect(
            "OpenAI chat completions",
            "/v1/chat/completions",
            {"model": alias, "messages": messages},
            lambda answer: answer["choices"][0]["message"]["content"],
        ),
        Dialect(
            "OpenAI responses",
            "/v1/responses",
            {"model": alias, "input": CHAT_QUESTION},
            lambda answer: "".join(_texts(item["content"] for item in answer["output"] if item["type"] == "message")),
        ),
        Dialect(
            "Anthropic messages",
            "/v1/messages",
            {"model": alias, "messages": messages, "max_tokens": 500},
            lambda answer: "".join(_texts([answer["content"]])),
        ),
        Dialect(
            "Bedrock Converse",
            f"/model/{alias}/converse",
            {"messages": [{"role": "user", "content": [{"text": CHAT_QUESTION}]}]},
            lambda answer: "".join(_texts([answer["output"]["message"]["content"]])),
        ),
    ]


def print_streamed(outputs: Mapping[str, Any], alias: str) -> None:
    """Ask with `stream`, and print each part of the answer when it arrives."""
    body = {"model": alias, "messages": [{"role": "user", "content": CHAT_QUESTION}], "stream": True}
    print(f"\n{CHAT_QUESTION} ({alias}, streamed)\nA  ", end="", flush=True)
    began, first, parts = time.monotonic(), 0.0, 0
    for part in _parts(outputs, body):
        first = first or time.monotonic() - began
        parts += 1
        print(part, end="", flush=True)
    whole = time.monotonic() - began
    print(
        f"\n   streamed in {counted(parts, 'part')}: the first after {first:.2f} s, the last after {whole:.2f} s",
        flush=True,
    )


def print_dialects(outputs: Mapping[str, Any], alias: str) -> None:
    """A table of the answers."""
    print(f"\n{'in each dialect':<25} {'path':<36} answer")
    for item in dialects(alias):
        with opened(outputs, item.path, item.body) as response:
            text = " ".join(MOCK.sub("", item.text(json.load(response))).split())
        print(f"{item.name:<25} {item.path:<36} {text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}")


def print_embedding(outputs: Mapping[str, Any], alias: str) -> None:
    with opened(outputs, "/v1/embeddings", {"model": alias, "input": CHAT_QUESTION}) as response:
        vector = json.load(response)["data"][0]["embedding"]
    numbers = ", ".join(f"{number:.4f}" for number in vector[:3])
    print(f"\nembedding by {alias}: {len(vector)} dimensions [{numbers}, …]")


def _parts(outputs: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    with opened(outputs, "/v1/chat/completions", body) as response:
        for line in response:
            if line.startswith(b"data: {"):
                chunk = json.loads(line[len(b"data: ") :])
                for choice in chunk.get("choices", []):
                    if text := choice["delta"].get("content"):
                        yield text


def _texts(contents: Any) -> Iterator[str]:
    for content in contents:
        yield from (block["text"] for block in content if "text" in block)
