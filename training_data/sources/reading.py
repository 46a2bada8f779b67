"""What a reader must be told where a file does not say it itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reading:
    """`columns` renames keys: {"prompt": "Frage"}. Without `header` the columns of a table are "1", "2", ...

    `encoding` is that of a text file that is not UTF-8. `known` are the keys that some shape has: a table without
    any of them is refused as a whole; nothing is asked of it if there are none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    header: bool = True
    encoding: str | None = None
    known: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The names of columns that mean something, in small letters."""
        return self.known | {name.strip().lower() for name in self.columns.values()}

    def renamed(self, value: Any) -> Any:
        """A record's keys as `columns` says; other values as they are."""
        if not self.columns or not isinstance(value, dict):
            return value
        renamed = {given.strip().lower(): key for key, given in self.columns.items()}
        return {renamed.get(key.lower(), key): item for key, item in value.items()}


AS_IT_IS = Reading()
