"""A conversation as turns of plain text: what readers make of every shape, and what every record format is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA_VERSION = "bedrock-conversation-2024"


@dataclass(frozen=True)
class Conversation:
    """Turns of (role, text); `system` is None if there is no system prompt.

    `others` holds the source's other keys: fields for a grader, or what training does not see.
    `changes` says how the turns differ from the source's.
    """

    system: str | None
    turns: tuple[tuple[str, str], ...]
    others: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
