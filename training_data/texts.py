"""What is said in a record, whatever its shape: for statistics, splitting and the search for duplicates. Pure."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from training_data.sources.shapes import conversation_of, shape_of

NO_WORD = re.compile(r"[\W_]+")


def said_in(record: Any) -> list[tuple[str, str]]:
    """(role, text) in order, the system prompt first; every text there is, of the role "text", for an unknown shape."""
    if isinstance(record, dict):
        try:
            conversation = conversation_of(record, shape_of(record))
        except ValueError:
            pass
        else:
            system = [("system", conversation.system)] if conversation.system else []
            return [*system, *conversation.turns]
    return [("text", text) for text in texts_in(record)]


def texts_in(value: Any) -> Iterator[str]:
    """Every text at any depth; keys are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def exact_key(said: list[tuple[str, str]]) -> bytes:
    """Equal for records that say the same."""
    return _digest("\0".join(f"{role}\0{text}" for role, text in said))


def normalized_key(said: list[tuple[str, str]]) -> bytes:
    """Equal for records that differ in upper case, blanks, punctuation and the system prompt only."""
    spoken = [text for role, text in said if role != "system"]
    return _digest("\0".join(NO_WORD.sub(" ", text.casefold()).strip() for text in spoken))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()
