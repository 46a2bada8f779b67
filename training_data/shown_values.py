"""Values in messages: the beginning only, however large they are."""

from typing import Any

SHOWN_CHARACTERS = 40


def shown(value: Any, length: int = SHOWN_CHARACTERS) -> str:
    """The beginning of `value` for a message, however large it is."""
    if isinstance(value, str):
        return repr(value[:length]) + ("..." if len(value) > length else "")
    if isinstance(value, dict | list):
        size, kind = len(value), "keys" if isinstance(value, dict) else "values"
        return f"{'an object' if kind == 'keys' else 'a list'} of {size} {kind}"
    return "nothing" if value is None else repr(value)[:length]
