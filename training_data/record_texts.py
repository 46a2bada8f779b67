"""The texts of a record of any shape: for statistics, splitting and the search for duplicates. Pure."""

from collections.abc import Iterator
from typing import Any

from training_data.normalized_texts import digest, normalized_text_key
from training_data.sources.shapes import conversation_of, shape_of

Turns = list[tuple[str, str]]


def turns_in(record: Any) -> Turns:
    """(role, text) in order, the system prompt first. For an unknown shape: every text, with the role "text"."""
    if isinstance(record, dict):
        try:
            conversation = conversation_of(record, shape_of(record))
        except ValueError:
            pass
        else:
            system = [("system", conversation.system)] if conversation.system else []
            return [*system, *conversation.turns]
    return [("text", text) for text in _texts_in(record)]


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)


def exact_key(turns: Turns) -> bytes:
    """Equal for records with the same turns."""
    return digest("\0".join(f"{role}\0{text}" for role, text in turns))


def normalized_key(turns: Turns) -> bytes:
    """Equal for records that differ in upper case, blanks, punctuation and the system prompt only."""
    return normalized_text_key(text for role, text in turns if role != "system")


def prompt_key(turns: Turns) -> bytes:
    """Equal for records whose user says the same, but for upper case, blanks and punctuation."""
    return normalized_text_key(text for role, text in turns if role == "user")
