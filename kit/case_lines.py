"""Lines of a file of cases, for the evaluations of agents and knowledge bases: what is wrong with them, in words."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kit_contract.counted import counted
from kit_contract.errors import InputError

SHOWN = 10


def record_of(text: str) -> dict[str, Any]:
    """Raises ValueError."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"must be a JSON object on one line, got {text[:40]!r}: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"must be a JSON object, got {type(value).__name__}")
    return value


def refused(file: Path, faults: Sequence[tuple[int, object]]) -> InputError:
    """`faults`: number of the line, and what is wrong with it. The first ones are shown."""
    lines = [f"{file}:{number}: {fault}" for number, fault in faults[:SHOWN]]
    more = [f"and {counted(len(faults) - SHOWN, 'more line')}"] if len(faults) > SHOWN else []
    return InputError("\n".join([*lines, *more]))
