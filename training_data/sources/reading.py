"""What a reader must be told where a file does not say it itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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


AS_IT_IS = Reading()
