"""What the mock says after tools have answered: their results, of a long one what fits the question. Pure."""

import json
import re
from typing import Any

from local_aws.extension.bedrock.mock_tools import words

Message = dict[str, Any]
LONGEST = 200  # of a result that is told whole
SENTENCES = 3
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def from_results(messages: list[Message]) -> str:
    """The results that came after the newest question, each told once."""
    question, results = _since_question(messages)
    told = dict.fromkeys(_told(result, question) for result in results)
    return " ".join(told)


def _told(result: dict[str, Any], question: str) -> str:
    said = " ".join(_text(item) for item in result.get("content") or [])
    if result.get("status") == "error":
        return f"The tool failed: {said[:LONGEST]}"
    return f"The tool answered: {said if len(said) <= LONGEST else _fitting(said, question)}"


def _fitting(said: str, question: str) -> str:
    """Of the text that shares the most words with the question the sentences that do, in their order."""
    asked = words(question)
    text = max(_texts(said), key=lambda one: len(words(one) & asked))
    sentences = [one.strip() for one in SENTENCE.split(text) if one.strip() and not one.startswith("#")]
    ranked = sorted(range(len(sentences)), key=lambda number: -len(words(sentences[number]) & asked))
    return " ".join(sentences[number] for number in sorted(ranked[:SENTENCES]))[: 3 * LONGEST]


def _texts(said: str) -> list[str]:
    """The long texts in a JSON result, or the result as it is."""
    try:
        found = _long_texts(json.loads(said))
    except ValueError:
        found = []
    return found or [said]


def _long_texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if " " in value else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for one in inner for text in _long_texts(one)]


def _since_question(messages: list[Message]) -> tuple[str, list[dict[str, Any]]]:
    results: list[dict[str, Any]] = []
    for message in reversed(messages):
        blocks = message.get("content") or []
        results = [block["toolResult"] for block in blocks if "toolResult" in block] + results
        text = "\n".join(block["text"] for block in blocks if "text" in block)
        if message.get("role") == "user" and text.strip():
            return text, results
    return "", results


def _text(item: dict[str, Any]) -> str:
    return str(item.get("text") or json.dumps(item.get("json") or item.get("status") or ""))
